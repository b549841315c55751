"""Looks at reports in a browser: nothing is complained of, nothing is asked for, all is reached by keys and read in every light.

usage: browse.py HOSTILE.html [HOSTILE.html ...] [--pictures FOLDER] [--write]      FOLDER has what pages looked like; --write renews it
"""
import argparse
import base64
import pathlib

from browser import Browser

LOOKS = {"light": {}, "dark": {"scheme": "dark"}, "phone": {"width": 390, "height": 844}, "print": {"media": "print", "width": 720}}
# Fonts of the system differ from machine to machine; this one is needed to build.
SAME_FONT = "for (const name of ['--font', '--mono']) document.documentElement.style.setProperty(name, name === '--font' ? 'DejaVu Sans' : 'DejaVu Sans Mono')"
# A picture so much smaller has means over blocks of a page, in which letters are gray.
SHRUNK = 16
# Of 255: what a block of the compared picture may differ by, and how many blocks of a thousand by more.
MOST_DIFFERENCE, MOST_OTHERS = 5, 4
# What text must differ from what it lies on, as WCAG 2 measures it: large text less.
CONTRASTS = """(() => {
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const rgba = (text) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = text; canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data]; };
  const over = (top, below) => [0, 1, 2].map((k) => top[k] * top[3] / 255 + below[k] * (1 - top[3] / 255));
  const light = (color) => [0.2126, 0.7152, 0.0722].reduce((sum, weight, k) => {
    const part = color[k] / 255;
    return sum + weight * (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
  }, 0);
  const ground = (element) => {
    if (!element) return [255, 255, 255];
    const color = rgba(getComputedStyle(element).backgroundColor);
    return color[3] === 255 ? color.slice(0, 3) : over(color, ground(element.parentElement));
  };
  const faults = [];
  for (const element of document.body.querySelectorAll('*')) {
    if (['SCRIPT', 'STYLE', 'NOSCRIPT', 'CANVAS'].includes(element.tagName) || element.closest('.skip, [aria-pressed=false]:not(.confusion button)')) continue;
    const text = [...element.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data).join('').trim();
    const box = element.getBoundingClientRect();
    if (!text || text === '·' || !box.width || getComputedStyle(element).visibility === 'hidden') continue;
    const below = ground(element), above = over(rgba(getComputedStyle(element).color), below);
    const [less, more] = [light(below), light(above)].sort((a, b) => a - b), ratio = (more + 0.05) / (less + 0.05);
    const size = parseFloat(getComputedStyle(element).fontSize), large = size >= 24 || (size >= 18.6 && Number(getComputedStyle(element).fontWeight) >= 600);
    if (ratio < (large ? 3 : 4.5)) faults.push(`${element.tagName} ${element.className} "${text.slice(0, 30)}" ${ratio.toFixed(2)}`);
  }
  return faults.slice(0, 10);
})()"""
SHRINK = """(async (address, SHRUNK) => {
  const image = new Image();
  image.src = address;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(image.width / SHRUNK);
  canvas.height = Math.round(image.height / SHRUNK);
  const place = canvas.getContext('2d');
  place.imageSmoothingQuality = 'high';
  place.drawImage(image, 0, 0, canvas.width, canvas.height);
  return {address: canvas.toDataURL('image/png'), width: canvas.width, height: canvas.height, points: [...place.getImageData(0, 0, canvas.width, canvas.height).data]};
})"""


def expect(right, what):
    if not right:
        raise SystemExit(f"FAULT: {what}")


def shrunk(browser, picture, by=SHRUNK):
    return browser.value(f"{SHRINK}('data:image/png;base64,{base64.b64encode(picture).decode()}', {by})")


def difference(one, other):
    """How many blocks of a thousand differ; all if the pages are not about as long."""
    if abs(one["height"] - other["height"]) > 0.02 * other["height"] + 2:
        return 1000
    rows = min(one["height"], other["height"])
    if one["width"] != other["width"]:
        return 1000
    count = rows * one["width"]
    others = sum(max(abs(one["points"][4 * at + k] - other["points"][4 * at + k]) for k in range(3)) > MOST_DIFFERENCE for at in range(count))
    return 1000 * others / count


def check_quiet(browser, address, what):
    expect(not browser.faults, f"{what}: {browser.faults[:3]}")
    asked = [url for url in browser.asked if not url.startswith("data:") and url != address]
    expect(not asked, f"{what}: it asks for {asked[:3]}")
    expect("Page.javascriptDialogOpening" not in browser.events, f"{what}: a name has become a script")


def check_names(browser, what):
    """Elements that only names could have made."""
    expect(browser.value("document.querySelectorAll('img[src=x], svg[onload], [onmouseover], [onerror]').length") == 0, f"{what}: a name has become an element")
    expect(browser.value("document.scripts.length") == 3, f"{what}: a name has become a script")
    expect(browser.value("document.body.innerText.includes('</script><script>alert(')"), f"{what}: the names are not shown")


def focused(browser, expression):
    return browser.value(f"(() => {{ const it = document.activeElement; return {expression}; }})()")


def check_keys(browser, what):
    """All that can be chosen has the focus once when Tab is pressed often enough, and a ring to show it."""
    wanted = browser.value("""(window.wanted = [...document.querySelectorAll('a[href], button, summary, [tabindex]')]
        .filter((it) => it.tabIndex >= 0 && it.getClientRects().length && getComputedStyle(it).display !== 'none')).length""")
    browser.value("document.activeElement.blur(); window.scrollTo(0, 0); window.reached = new Set(); window.ringless = []")
    for _ in range(wanted + 20):  # what scrolls has the focus too
        browser.key("Tab")
        focused(browser, "it !== document.body && window.reached.add(it) && getComputedStyle(it).outlineStyle === 'none' && window.ringless.push(it.outerHTML.slice(0, 200)), 1")
    missed = browser.value("window.wanted.filter((it) => !window.reached.has(it)).map((it) => it.outerHTML.slice(0, 200))")
    expect(wanted > 10 and not missed, f"{what}: Tab does not reach {missed[:3]} of {wanted}")
    expect(browser.value("window.ringless.length") == 0, f"{what}: no ring around {browser.value('window.ringless[0]')}")
    browser.value("[...document.querySelectorAll('[role=application]')][0].focus()")
    before = browser.value("document.querySelector('.reading').textContent")
    browser.key("Home")
    browser.key("ArrowRight")
    expect(browser.value("document.querySelector('.reading').textContent") != before, f"{what}: arrows do not read a chart")
    browser.key("+", "+")
    expect(browser.value("[...allCharts][0].graph.isZoomed('x')"), f"{what}: + does not zoom")
    browser.key("0", "0")
    if browser.value("!document.querySelector('.confusion')"):
        return
    browser.value("document.querySelector('.confusion button').focus()")
    browser.key("ArrowRight")
    browser.key("ArrowDown")
    browser.key("Enter", "\r")
    expect(focused(browser, "it.getAttribute('aria-pressed')") == "true", f"{what}: Enter does not choose a cell")
    shown = browser.value("[...document.querySelectorAll('.confusion')][0].closest('div').parentElement.querySelectorAll('.examples li').length")
    expect(shown == browser.value("Math.min(12, Number(document.activeElement.textContent))"), f"{what}: the cell shows {shown} examples")


def check_mouse(browser, what):
    """Dragging zooms, a double click shows all again."""
    box = browser.value("(() => { const it = document.querySelector('.plot'); it.scrollIntoView({block: 'center'}); const b = it.getBoundingClientRect(); return [b.x, b.y, b.width, b.height]; })()")
    whole = browser.value("[...allCharts][0].graph.xAxisRange()")
    across = [box[0] + share * box[2] for share in (0.4, 0.6, 0.8)]
    for kind, x in (("mouseMoved", across[0]), ("mousePressed", across[0]), ("mouseMoved", across[1]), ("mouseMoved", across[2]), ("mouseReleased", across[2])):
        browser.call("Input.dispatchMouseEvent", type=kind, x=x, y=box[1] + box[3] / 2, button="none" if kind == "mouseMoved" and x == across[0] else "left",
                     buttons=0 if kind == "mouseReleased" else 1, clickCount=1)
    zoomed = browser.value("[...allCharts][0].graph.xAxisRange()")
    expect(zoomed[1] - zoomed[0] < 0.6 * (whole[1] - whole[0]), f"{what}: dragging does not zoom: {whole} {zoomed}")
    browser.value("[...allCharts][0].all()")
    expect(browser.value("[...allCharts][0].graph.xAxisRange()") == whole, f"{what}: all of it is not shown again")


def look_at(browser, path, pictures, writes):
    address = path.resolve().as_uri()
    for look, about in LOOKS.items():
        what = f"{path.parent.name}, {look}"
        browser.faults.clear()
        browser.asked.clear()
        browser.look(**about)
        browser.open(address)
        browser.value(SAME_FONT)
        expect(browser.value("document.querySelectorAll('section').length") >= 6, f"{what}: parts are missing")
        expect(browser.value("document.documentElement.scrollWidth") <= about.get("width", 1200), f"{what}: it is wider than the window")
        faint = browser.value(CONTRASTS)
        expect(not faint, f"{what}: text is hard to read: {faint}")
        check_names(browser, what)
        browser.value("window.scrollTo(0, 0)")
        picture = browser.picture()
        now = shrunk(browser, picture)
        kept = pictures / f"{path.parent.name}-{look}.png" if pictures else None
        if writes and kept:
            kept.write_bytes(base64.b64decode(now["address"].split(",")[1]))
            (pathlib.Path(path.parent) / f"{look}.png").write_bytes(picture)
        elif kept:
            other = shrunk(browser, kept.read_bytes(), 1)
            others = difference(now, other)
            expect(others <= MOST_OTHERS, f"{what}: it looks otherwise than it did, {others:.0f} of 1000 blocks: {kept}")
            # The measure tells a page that lacks its curves.
            browser.value("for (const plot of document.querySelectorAll('.plot')) plot.style.visibility = 'hidden'")
            expect(difference(shrunk(browser, browser.picture()), other) > MOST_OTHERS, f"{what}: a page without curves counts as the same")
            browser.value("for (const plot of document.querySelectorAll('.plot')) plot.style.visibility = ''")
        if look in ("light", "phone"):
            check_keys(browser, what)
        if look == "light":
            check_mouse(browser, what)
        check_quiet(browser, address, what)
    browser.look()
    browser.open(address)
    paper = browser.paper()
    pages = paper.count(b"/Type /Page\n") + paper.count(b"/Type /Page ")
    expect(1 < pages < 20, f"{path.parent.name}: {pages} pages of paper")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("pages", nargs="+", type=pathlib.Path)
    parser.add_argument("--pictures", type=pathlib.Path)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    with Browser() as browser:
        for page in given.pages:
            look_at(browser, page, given.pictures, given.write)
    print(f"{len(given.pages)} pages can be read")


main()
