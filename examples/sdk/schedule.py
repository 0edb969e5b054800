"""Writes a template, schedules it for a group and looks at it: python schedule.py GROUP_ID"""

import os
import sys
from datetime import UTC, datetime, timedelta

from tidings_sdk import CreateMessageTemplateInput, CreateScheduleInput, Tidings

with Tidings(os.environ["TIDINGS_URL"], token=os.environ["TIDINGS_TOKEN"]) as tidings:
    template = tidings.create_message_template(CreateMessageTemplateInput(title="Welcome", content="Hello {{name}}!"))
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    schedule = tidings.create_schedule(
        CreateScheduleInput(templateId=template.id, groupId=sys.argv[1], sendAt=tomorrow)
    )
    found = tidings.schedule(schedule.id)
    assert found is not None
    print(f"Status: {found.status}")
