"""A browser without a screen, driven through the pipe of its DevTools protocol."""
import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
import time

PROGRAM = "chromium"
FLAGS = ["--headless=new", "--remote-debugging-pipe", "--no-first-run", "--no-default-browser-check", "--disable-gpu", "--disable-extensions",
         "--disable-background-networking", "--disable-component-update", "--disable-sync", "--mute-audio", "--hide-scrollbars",
         "--font-render-hinting=none", "--disable-dev-shm-usage"]


class Browser:
    """One page. Whatever the page says is wrong is kept in `faults`; addresses that it asks for in `asked`."""

    def __init__(self):
        self.folder = tempfile.mkdtemp()
        to_read, self.to_write = os.pipe()
        self.to_listen, to_tell = os.pipe()
        flags = FLAGS + [f"--user-data-dir={self.folder}"] + (["--no-sandbox"] if os.geteuid() == 0 else [])

        def place_pipes():
            # The browser reads from 3 and writes to 4; both ends are moved up first, as they may lie there.
            read, tell = os.dup(to_read), os.dup(to_tell)
            while read < 5:
                read = os.dup(read)
            while tell < 5:
                tell = os.dup(tell)
            os.dup2(read, 3)
            os.dup2(tell, 4)

        self.process = subprocess.Popen([PROGRAM, *flags, "about:blank"], close_fds=False, preexec_fn=place_pipes,
                                        env={**os.environ, "HOME": self.folder, "LC_ALL": "C.UTF-8"},
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_read)
        os.close(to_tell)
        self.bytes, self.number, self.faults, self.asked, self.events = b"", 0, [], [], []
        self.session = None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        os.close(self.to_write)
        os.close(self.to_listen)
        shutil.rmtree(self.folder, ignore_errors=True)

    def message(self, seconds):
        """The next thing that the browser says; None if it says nothing for so long."""
        end = time.monotonic() + seconds
        while b"\0" not in self.bytes:
            if not select.select([self.to_listen], [], [], max(0, end - time.monotonic()))[0]:
                return None
            more = os.read(self.to_listen, 1 << 20)
            if not more:
                raise SystemExit("the browser has ended")
            self.bytes += more
        text, self.bytes = self.bytes.split(b"\0", 1)
        return json.loads(text)

    def note(self, message):
        method, about = message.get("method"), message.get("params", {})
        self.events.append(method)
        if method == "Runtime.exceptionThrown":
            self.faults.append(json.dumps(about["exceptionDetails"])[:2000])
        elif method == "Runtime.consoleAPICalled" and about["type"] in ("error", "warning", "assert"):
            self.faults.append(json.dumps(about["args"])[:2000])
        elif method == "Log.entryAdded" and about["entry"]["level"] in ("error", "warning"):
            self.faults.append(json.dumps(about["entry"])[:2000])
        elif method == "Network.requestWillBeSent":
            self.asked.append(about["request"]["url"])

    def call(self, method, seconds=60, **parameters):
        self.number += 1
        request = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            request["sessionId"] = self.session
        os.write(self.to_write, json.dumps(request).encode() + b"\0")
        while True:
            message = self.message(seconds)
            if message is None:
                raise SystemExit(f"the browser does not answer {method}")
            if message.get("id") == self.number:
                if "error" in message:
                    raise SystemExit(f"{method}: {message['error']}")
                return message["result"]
            self.note(message)

    def wait_for(self, expression, seconds=30):
        """Until a formula of the page is true."""
        end = time.monotonic() + seconds
        while not self.value(expression):
            if time.monotonic() > end:
                raise SystemExit(f"it does not become true: {expression}; {self.faults}")
            time.sleep(0.05)

    def value(self, expression):
        made = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in made:
            raise SystemExit(f"{expression}: {made['exceptionDetails']}")
        return made["result"].get("value")

    def look(self, width=1200, height=900, scheme="light", media="screen", scale=1):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=scale, mobile=False)
        self.call("Emulation.setEmulatedMedia", media=media, features=[{"name": "prefers-color-scheme", "value": scheme},
                                                                      {"name": "prefers-reduced-motion", "value": "reduce"}])

    def open(self, address):
        self.call("Page.navigate", url=address)
        self.wait_for(f"document.readyState === 'complete' && location.href.startsWith({json.dumps(address.split('#')[0])})")
        # Two frames later what the scripts draw is there.
        self.value("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 50))))")

    def picture(self, whole=True):
        return base64.b64decode(self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole,
                                          **({"clip": self.all_of_it()} if whole else {}))["data"])

    def all_of_it(self):
        size = self.call("Page.getLayoutMetrics")["cssContentSize"]
        return {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], 16000), "scale": 1}

    def paper(self):
        return base64.b64decode(self.call("Page.printToPDF", printBackground=True)["data"])

    def key(self, name, text="", shift=False):
        codes = {"Tab": 9, "Enter": 13, "ArrowRight": 39, "ArrowLeft": 37, "ArrowDown": 40, "ArrowUp": 38, "End": 35, "Home": 36}
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=name, code=name, windowsVirtualKeyCode=codes.get(name, ord(name[0])),
                      modifiers=8 if shift else 0, **({"text": text} if text and kind == "keyDown" else {}))
