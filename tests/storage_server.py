"""A real S3-compatible server on loopback, and a client that looks at it without our code."""

import os
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3

from tests.serving import serving

BUCKET = "shop-bucket"
SECRET = "a-secret-that-nobody-may-print"
ENVIRONMENT = {"AWS_ACCESS_KEY_ID": "AKIAOFNOBODY", "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_DEFAULT_REGION": "us-east-1"}


@dataclass(frozen=True)
class Storage:
    """A server with one bucket, which keeps every version of what is written to it."""

    address: str
    client: Any = field(repr=False)

    def upload(self, folder: Path, prefix: str) -> None:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.name.startswith("."):
                self.put(f"{prefix}/{path.relative_to(folder).as_posix()}", path.read_bytes())

    def put(self, key: str, content: bytes) -> None:
        self.client.put_object(Bucket=BUCKET, Key=key, Body=content)

    def delete(self, key: str) -> None:
        self.client.delete_object(Bucket=BUCKET, Key=key)

    def tree(self, prefix: str) -> dict[str, bytes]:
        """The content of what is there, by name."""
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=f"{prefix}/")
        keys = [each["Key"] for page in pages for each in page.get("Contents", ())]
        return {key[len(prefix) + 1 :]: self._get(key) for key in keys}

    def written(self, prefix: str) -> dict[str, int]:
        """How often each name was written."""
        pages = self.client.get_paginator("list_object_versions").paginate(Bucket=BUCKET, Prefix=f"{prefix}/")
        counts: dict[str, int] = {}
        for each in (version for page in pages for version in page.get("Versions", ())):
            name = each["Key"][len(prefix) + 1 :]
            counts[name] = counts.get(name, 0) + 1
        return counts

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """While this holds, credentials are checked, and nobody has any that are right."""
        self._ask("reset-auth", b"0")
        try:
            yield
        finally:
            self._ask("reset-auth", b"inf")

    def _ask(self, what: str, body: bytes) -> None:
        headers = {"Content-Type": "text/plain"}  # not a form
        asked = urllib.request.Request(f"{self.address}/moto-api/{what}", body, headers)
        urllib.request.urlopen(asked, timeout=10).close()

    def _get(self, key: str) -> bytes:
        return bytes(self.client.get_object(Bucket=BUCKET, Key=key)["Body"].read())


@contextmanager
def storage() -> Iterator[Storage]:
    """The server, until the end."""
    command = f'exec {sys.executable} -m moto.server --host 127.0.0.1 --port "$PORT"'
    with serving(["bash", "-c", command], environment={**os.environ, **ENVIRONMENT}) as address:
        client = boto3.client(
            "s3", endpoint_url=address, aws_access_key_id="any", aws_secret_access_key="any", region_name="us-east-1"
        )
        client.create_bucket(Bucket=BUCKET)
        client.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        yield Storage(address, client)
