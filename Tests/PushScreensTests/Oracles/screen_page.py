"""Drives the screen page in headless Chromium through what happens on a wall: news, an expiry, a server that is gone, a reload without it, its
return. Prints a JSON list of what did not hold.

Arguments: the page's address, the controller's address (POST /stop, /start, /empty, /publish/<mark>?expires=<seconds>), width, height.
"""
import json
import pathlib
import sys
import time
import urllib.request

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

AXE = next(pathlib.Path(folder) / "axe_playwright_python/axe.min.js" for folder in sys.path if "site-packages" in folder)
page, control, width, height = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
broken = []


def rule(holds, text):
    if not holds:
        broken.append(f"{width}x{height}: {text}")
    return holds


def tell(what):
    urllib.request.urlopen(urllib.request.Request(control + what, method="POST"), timeout=60).read()


options = webdriver.ChromeOptions()
options.binary_location = "/usr/bin/chromium"
for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"):
    options.add_argument(argument)
options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
driver.set_script_timeout(120)
driver.set_page_load_timeout(120)


def js(script, *arguments):
    return driver.execute_script(script, *arguments)


def until(condition, limit=90.0):
    """The seconds that it took; None when it did not come true."""
    start = time.monotonic()
    while time.monotonic() - start < limit:
        try:
            if condition():
                return time.monotonic() - start
        except Exception:
            pass
        time.sleep(0.02)
    return None


def title():
    return js("return document.querySelector('article:not(.entering) h2')?.textContent || ''")


def key(name):
    js("dispatchEvent(new KeyboardEvent('keydown', {key: arguments[0]}))", name)


def seen(turns=5):
    """The titles of as many turns."""
    found = []
    for _ in range(turns):
        found.append(title())
        key("ArrowRight")
        until(lambda: js("return document.querySelectorAll('article').length") == 1, 3)
    return found


LAYOUT = """
const least = 0.052 * Math.min(innerWidth, innerHeight) - 0.5, found = [];
for (const part of document.querySelectorAll('body *')) {
    const own = [...part.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
    const box = part.getBoundingClientRect();
    if (!own || part.closest('.unseen, noscript, script, [hidden]') || box.width === 0 || box.right < 0) continue;
    if (parseFloat(getComputedStyle(part).fontSize) < least) found.push('too small: ' + part.outerHTML.slice(0, 120));
    if (box.bottom > innerHeight + 1 || box.right > innerWidth + 1) found.push('outside: ' + part.outerHTML.slice(0, 120));
}
for (const words of document.querySelectorAll('.words'))
    if (words.scrollHeight > words.clientHeight + 2) found.push('cut off: ' + words.textContent.slice(0, 80));
if (document.documentElement.scrollWidth > innerWidth || document.documentElement.scrollHeight > innerHeight) found.push('it scrolls');
return found;
"""
try:
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})
    driver.get(page)
    rule(until(lambda: title().startswith("Først")) is not None, "shows the news")
    rule(until(lambda: js("return navigator.serviceWorker.controller !== null")) is not None, "the worker takes over")
    kept = "return caches.open('screen-vaeg').then(cache => cache.keys()).then(keys => keys.length)"
    # The page, its items, style, player and one picture.
    rule(until(lambda: js(kept) == 5) is not None, f"keeps what it needs, not {js(kept)} answers")
    rule(len(set(seen(4))) == 3, "shows each of three items")
    until(lambda: js("return document.querySelectorAll('article').length") == 1, 3)
    for _ in range(3):
        for found in js(LAYOUT):
            rule(False, found)
        key("ArrowRight")
        until(lambda: js("return document.querySelectorAll('article').length") == 1, 3)
    rule(js("return document.querySelector('.code svg path').getAttribute('d').length") > 500, "shows a code")
    rule(js("return /^\\d{1,2}[.:]\\d\\d$/.test(document.getElementById('clock').textContent)"), "shows the time")
    # News by an event, long before the next poll.
    took = None
    for mark in ("Andet", "Tredje"):
        until(lambda: js("return document.querySelectorAll('article').length") == 1, 3)
        tell(f"/publish/{mark}")
        start = time.monotonic()
        rule(until(lambda: js("return [...document.querySelectorAll('article h2')].pop().textContent").startswith(mark), 20) is not None,
             f"{mark} is shown")
        took = time.monotonic() - start
        print(f"{width}x{height}: a change was on the page after {took * 1000:.0f} ms", file=sys.stderr)
        rule(took < 3, f"a change is on the page soon, not after {took:.1f} s")
    # An item expires while the server is away.
    tell("/publish/Fjerde?expires=12")
    expiry = time.monotonic() + 12
    rule(until(lambda: any("nr. 3" in t for t in seen(3))) is not None, "shows the item that will expire")
    until(lambda: js("return fetch('vaeg/items.json').then(r => r.text())").count("Fjerde") == 3)
    rule(until(lambda: js("""return caches.open('screen-vaeg').then(c => c.match(new URL('vaeg/items.json', location.href).href))
        .then(r => r.text()).then(t => t.includes('Fjerde'))""")) is not None, "keeps the newest items")
    tell("/stop")
    rule(title().startswith("Fjerde"), "goes on without the server")
    driver.refresh()
    # Before its second poll, which comes after five seconds.
    rule(until(lambda: title().startswith("Fjerde"), 4) is not None, "shows the last news over a reload without the server")
    until(lambda: time.monotonic() > expiry, 20)
    gone = seen(6)
    rule(all(t.startswith("Fjerde") for t in gone) and len(set(gone)) == 2, f"shows the two that have not expired, not {gone}")
    rule(js("return document.querySelectorAll('article img').length >= 0") and until(
        lambda: (key("ArrowRight"), js("return document.querySelector('article img')?.naturalWidth > 0"))[1], 10) is not None,
        "shows the picture without the server")
    tell("/publish/Femte")
    tell("/start")
    rule(until(lambda: title().startswith("Femte"), 30) is not None, "shows the news when the server is back")
    # Without motion.
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-reduced-motion", "value": "reduce"}]})
    key("ArrowRight")
    rule(until(lambda: js("return document.querySelectorAll('article').length") == 1, 2) is not None and
         js("return getComputedStyle(document.querySelector('article')).transitionDuration") in ("0s", ""), "stands still when asked to")
    js(AXE.read_text())
    result = driver.execute_async_script("const done = arguments[0]; axe.run(document).then(done, e => done({failure: String(e)}))")
    rule("violations" in result and len(result["passes"]) > 5, "axe ran")
    for violation in result.get("violations", []):
        rule(False, f"axe: {violation['id']}: " + " | ".join(node["html"][:160] for node in violation["nodes"]))
    tell("/empty")
    rule(until(lambda: js("return !document.getElementById('idle').hidden && !document.querySelector('article')")) is not None,
         "says so when there is no news")
    tell("/publish/Sidste")
    rule(until(lambda: title().startswith("Sidste") and js("return document.getElementById('idle').hidden")) is not None, "goes on with news")
    for entry in driver.get_log("browser"):
        rule(entry["level"] != "SEVERE", "console: " + entry["message"])
except Exception as error:
    rule(False, f"the driver: {type(error).__name__}: {str(error)[:600]}")
finally:
    driver.quit()
json.dump(broken, sys.stdout)
