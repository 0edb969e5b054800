#!/bin/sh
# Uploads a file and shows what became of it: sh examples/upload.sh TOKEN FILE [http://127.0.0.1:8000]
# A CSV of contacts to import: PURPOSE=IMPORT sh examples/upload.sh …; something for the bot to know: PURPOSE=KNOWLEDGE
set -eu
token=$1 file=$2 api=${3:-http://127.0.0.1:8000}

# 1. Announce it: its name and exact size. The answer holds a signed link for one PUT, good for an hour.
announced=$(python3 -c '
import json, os, sys
query = "mutation ($input: CreateUploadInput!) { createUpload(input: $input) { url file { id } } }"
purpose = os.environ.get("PURPOSE", "MEDIA")
given = {"name": os.path.basename(sys.argv[1]), "sizeBytes": os.path.getsize(sys.argv[1]), "purpose": purpose}
print(json.dumps({"query": query, "variables": {"input": given}}))' "$file" |
  curl -sS "$api/graphql" -H 'Content-Type: application/json' -H "Authorization: Bearer $token" -d @-)
link=$(printf %s "$announced" | python3 -c 'import json, sys; print(json.load(sys.stdin)["data"]["createUpload"]["url"])')

# 2. Put its bytes there. No token is needed: the link is enough. What is refused is said with a status of 400 or more.
curl -sS --fail-with-body -T "$file" -H 'Content-Type: application/octet-stream' "$link"
echo
