"""A hub on this machine with what publishing and fetching ask of one: repositories, commits, large files, revisions."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

LARGE = (".safetensors", ".onnx")


class FakeHub:
    """``repos``: (kind, name) -> files of its one commit; ``commits``: (kind, name) -> the commit's hash."""

    def __init__(self) -> None:
        self.repos: dict[tuple[str, str], dict[str, bytes]] = {}
        self.commits: dict[tuple[str, str], str] = {}
        self.blobs: dict[str, bytes] = {}
        self.made: list[dict] = []
        self.tokens: set[str | None] = set()
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                hub.answer(self, self.rfile.read(int(self.headers.get("Content-Length", 0))))

            do_PUT = do_GET = do_HEAD = do_POST

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def answer(self, request: BaseHTTPRequestHandler, body: bytes) -> None:
        path = urlsplit(request.path).path
        for method, pattern, act in (
            ("POST", r"/api/repos/create", self.create),
            ("POST", r"/api/validate-yaml", self.approve),
            ("POST", r"/api/(\w+)s/([^/]+/[^/]+)/preupload/main", self.modes),
            ("POST", r"/(?:\w+s/)?([^/]+/[^/]+)\.git/info/lfs/objects/batch", self.batch),
            ("PUT", r"/blob/([0-9a-f]{64})", self.store),
            ("POST", r"/api/(\w+)s/([^/]+/[^/]+)/commit/main", self.commit),
            ("HEAD|GET", r"/([^/]+/[^/]+)/resolve/([^/]+)/(.+)", self.resolve),
        ):
            match = re.fullmatch(pattern, path)
            if match and re.fullmatch(method, request.command):
                act(request, body, *match.groups())
                return
        reply(request, 404, {"error": f"no such door: {request.command} {path}"})

    def create(self, request, body) -> None:
        asked = json.loads(body)
        self.tokens.add(request.headers.get("Authorization"))
        if request.headers.get("Authorization") != "Bearer hf_right":
            reply(request, 401, {"error": "Invalid user token."})
            return
        self.made.append(asked)
        reply(request, 200, {"url": f"{self.url}/{asked.get('organization')}/{asked['name']}"})

    def approve(self, request, body) -> None:
        reply(request, 200, {"errors": [], "warnings": []})

    def modes(self, request, body, kind, name) -> None:
        paths = [one["path"] for one in json.loads(body)["files"]]
        mode = {path: "lfs" if path.endswith(LARGE) else "regular" for path in paths}
        files = [{"path": path, "uploadMode": mode[path], "shouldIgnore": False} for path in paths]
        reply(request, 200, {"files": files})

    def batch(self, request, body, name) -> None:
        objects = [
            {**one, "actions": {"upload": {"href": f"{self.url}/blob/{one['oid']}", "header": {}}}}
            for one in json.loads(body)["objects"]
        ]
        reply(request, 200, {"transfer": "basic", "objects": objects})

    def store(self, request, body, oid) -> None:
        assert hashlib.sha256(body).hexdigest() == oid
        self.blobs[oid] = body
        reply(request, 200, {})

    def commit(self, request, body, kind, name) -> None:
        files = {}
        for line in map(json.loads, body.splitlines()):
            value = line["value"]
            if line["key"] == "file":
                files[value["path"]] = base64.b64decode(value["content"])
            elif line["key"] == "lfsFile":
                files[value["path"]] = self.blobs[value["oid"]]
        self.put(kind, name, files)
        url = f"{self.url}/{name}/commit/{self.commits[kind, name]}"
        reply(request, 200, {"success": True, "commitOid": self.commits[kind, name], "commitUrl": url})

    def put(self, kind: str, name: str, files: dict[str, bytes]) -> None:
        """Make ``files`` the content of a repository, as a commit of its own."""
        self.repos[kind, name] = files
        self.commits[kind, name] = hashlib.sha1(repr(sorted(files.items())).encode()).hexdigest()

    def resolve(self, request, body, name, revision, path) -> None:
        files, commit = self.repos.get(("model", name)), self.commits.get(("model", name))
        if files is None or path not in files or revision not in ("main", commit):
            request.send_response(404)
            request.send_header("X-Error-Code", "RepoNotFound" if files is None else "EntryNotFound")
            request.send_header("Content-Length", "0")
            request.end_headers()
            return
        request.send_response(200)
        request.send_header("ETag", f'"{hashlib.sha256(files[path]).hexdigest()}"')
        request.send_header("X-Repo-Commit", commit)
        request.send_header("Content-Length", str(len(files[path])))
        request.end_headers()
        if request.command == "GET":
            request.wfile.write(files[path])


def reply(request: BaseHTTPRequestHandler, status: int, data: dict) -> None:
    content = json.dumps(data).encode()
    request.send_response(status)
    request.send_header("Content-Type", "application/json")
    request.send_header("Content-Length", str(len(content)))
    request.end_headers()
    request.wfile.write(content)
