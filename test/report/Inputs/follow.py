"""A page of `dnnc watch` in a browser, while a record grows.

usage: follow.py DNNC FOLDER
"""
import pathlib
import signal
import subprocess
import sys

import make_record
from browser import Browser

SECONDS = 60  # after which it hangs


def expect(right, what):
    if not right:
        raise SystemExit(f"FAULT: {what}")


def main():
    dnnc, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    make = [sys.executable, make_record.__file__, str(folder), "hostile"]
    subprocess.run([*make, "--state", "running", "--epochs", "0"], check=True)
    process = subprocess.Popen([dnnc, "watch", str(folder)], stdout=subprocess.PIPE, text=True,
                               preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))  # who runs tests may ignore it
    address = process.stdout.readline().strip()
    with Browser() as browser:
        browser.look()
        browser.open(address)
        browser.wait_for("document.getElementById('live').textContent.includes('the first epoch')")
        browser.value("window.untouched = 1")
        for epochs in (1, 2, 7):
            subprocess.run([*make, "--state", "running", "--epochs", str(epochs)], check=True)
            browser.wait_for(f"allCharts.size >= 2 && [...allCharts].slice(0, 2).every((chart) => chart.rows.length === {epochs})")
            browser.wait_for(f"document.getElementById('live').textContent.includes('epoch {epochs} of 20')")
        # Who looks closer is left where he looks.
        browser.value("document.querySelector('[role=application]').focus()")
        browser.key("+", "+")
        window = browser.value("[...allCharts][0].graph.xAxisRange()")
        subprocess.run([*make, "--state", "running", "--epochs", "9"], check=True)
        browser.wait_for("[...allCharts].slice(0, 2).every((chart) => chart.rows.length === 9)")
        expect(browser.value("[...allCharts][0].graph.xAxisRange()") == window, "more epochs move what is looked at closer")
        expect(browser.value("document.activeElement.getAttribute('role')") == "application", "more epochs take the focus away")
        subprocess.run(make, check=True)
        browser.wait_for("document.getElementById('live').textContent === 'The training has ended: done.'")
        browser.wait_for("document.querySelector('.confusion') !== null")
        expect(browser.value("window.untouched") == 1, "the page was loaded anew")
        expect(not browser.faults, browser.faults[:3])
        expect(all(url.startswith((address, "data:")) for url in browser.asked), browser.asked)
        expect(browser.value("document.querySelectorAll('img[src=x], svg[onload]').length") == 0, "a name has become an element")
        process.send_signal(signal.SIGINT)
        expect(process.wait(SECONDS) == 130, "it does not end while a page is open")
        browser.wait_for("document.getElementById('live').textContent.startsWith('dnnc watch has ended')")
    print("the page follows the training")


main()
