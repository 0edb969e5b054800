"""Sends a text, reads the conversation and its numbers of the day: python send.py PHONE_NUMBER"""

import asyncio
import os
import sys
from datetime import UTC, datetime, timedelta

from tidings_sdk import AsyncTidings, DateTimeRange, MessageFilter


async def main() -> None:
    async with AsyncTidings(os.environ["TIDINGS_URL"], token=os.environ["TIDINGS_TOKEN"]) as tidings:
        message = await tidings.send_text(sys.argv[1], "Hello from the API!", priority=3)
        print(f"Message queued: {message.id}")
        assert message.conversation is not None
        filter = MessageFilter(conversationId=message.conversation.id)
        async for each in tidings.each(tidings.messages, filter_=filter, first=50):
            print(each.content)
        midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        today = await tidings.analytics(DateTimeRange(start=midnight, end=midnight + timedelta(days=1)))
        print(f"Messages today: {today.conversations.total_messages}")


asyncio.run(main())
