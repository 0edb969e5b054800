"""Written by codegen.py: mutations that may be tried again."""

HARMLESS = {
    "CloseConversation",
    "EraseContact",
    "HandBackConversation",
    "MergeContacts",
    "OptInContact",
    "RefreshTokens",
    "SendMessage",
    "TakeOverConversation",
}
