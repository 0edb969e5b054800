"""Accounts: users, signing in, sessions and API tokens."""

from domain.accounts.api_tokens import (
    MOST_TOKENS,
    api_tokens_by_ids,
    api_tokens_of,
    create_api_token,
    delete_api_token,
    get_api_token,
)
from domain.accounts.callers import authenticate, authenticate_admin, recheck, recheck_all
from domain.accounts.identities import MOST_IDENTITIES, delete_user_identity, get_identity, identities_of
from domain.accounts.oauth import authorization_url, login_with_oauth, oauth_providers
from domain.accounts.sessions import (
    MOST_SESSIONS,
    delete_user_session,
    forget_ended,
    get_session,
    sessions_by_ids,
    sessions_of,
)
from domain.accounts.sign_in import AuthTokens, create_first_admin, login, logout, refresh_tokens, register
from domain.accounts.users import (
    UserChanges,
    UserOrder,
    assignable,
    assignee,
    by_ids,
    create_user,
    delete_user,
    find,
    get,
    me,
    update_user,
)

__all__ = [
    "MOST_IDENTITIES",
    "MOST_SESSIONS",
    "MOST_TOKENS",
    "AuthTokens",
    "UserChanges",
    "UserOrder",
    "api_tokens_by_ids",
    "api_tokens_of",
    "assignable",
    "assignee",
    "authenticate",
    "authenticate_admin",
    "authorization_url",
    "by_ids",
    "create_api_token",
    "create_first_admin",
    "create_user",
    "delete_api_token",
    "delete_user",
    "delete_user_identity",
    "delete_user_session",
    "find",
    "forget_ended",
    "get",
    "get_api_token",
    "get_identity",
    "get_session",
    "identities_of",
    "login",
    "login_with_oauth",
    "logout",
    "me",
    "oauth_providers",
    "recheck",
    "recheck_all",
    "refresh_tokens",
    "register",
    "sessions_by_ids",
    "sessions_of",
    "update_user",
]
