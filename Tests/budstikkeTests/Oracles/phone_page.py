"""Drives "Få besked på telefonen" and the web app in headless Chromium, then ends the server and reads on. Prints a JSON list of what did not hold.

Arguments: the server's address, an edition's slug, a push subscription as JSON, the server's process, a folder for screenshots or "-".
The push service of the browser's maker cannot be had here: PushManager hands out the subscription that was given, all else is the browser's own.
"""
import json
import os
import pathlib
import signal
import sys
import time

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

AXE = next(pathlib.Path(folder) / "axe_playwright_python/axe.min.js" for folder in sys.path if "site-packages" in folder)
base, slug, subscription, process, shots = sys.argv[1:6]
broken = []

SUBSCRIPTION = """
(() => {
    const given = SUBSCRIPTION;
    const own = options => ({
        endpoint: given.endpoint, options, toJSON: () => given,
        unsubscribe: async () => { sessionStorage.removeItem('subscribed'); return true; },
    });
    const key = text => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), letter => letter.charCodeAt(0)).buffer;
    PushManager.prototype.subscribe = async options => {
        if (!options.userVisibleOnly || options.applicationServerKey.length !== 65) throw new TypeError('options');
        sessionStorage.setItem('subscribed', 'yes');
        return own({ applicationServerKey: options.applicationServerKey.buffer });
    };
    PushManager.prototype.getSubscription = async () => sessionStorage.getItem('subscribed')
        ? own({ applicationServerKey: key(document.getElementById('choices').dataset.key) }) : null;
})();
""".replace("SUBSCRIPTION", subscription, 1)


def rule(holds, text):
    if not holds:
        broken.append(text)
    return holds


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
    end = time.monotonic() + limit
    while time.monotonic() < end:
        try:
            if condition():
                return True
        except Exception:
            pass
        time.sleep(0.05)
    return False


def state():
    return js("return [...document.querySelectorAll('[data-state]')].filter(line => !line.hidden).map(line => line.dataset.state).join()")


def size(width, scheme="light"):
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
    driver.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500})


def judge(name):
    for width in (375, 1280):
        for scheme in ("light", "dark"):
            size(width, scheme)
            driver.execute_script(AXE.read_text())
            result = driver.execute_async_script("const done = arguments[0]; axe.run(document).then(done, e => done({failure: String(e)}))")
            rule("violations" in result and len(result["passes"]) > 5, f"{name}: axe ran")
            for violation in result.get("violations", []):
                rule(False, f"{name} {width} {scheme}: {violation['id']}: " + " | ".join(node["html"][:160] for node in violation["nodes"]))
            rule(not js("return document.documentElement.scrollWidth > window.innerWidth"), f"{name} {width}: scrolls sideways")
            if shots != "-":
                pathlib.Path(shots, f"{name}-{width}-{scheme}.png").write_bytes(driver.get_screenshot_as_png())
    size(1280)


def click(identifier):
    js("document.getElementById(arguments[0]).click()", identifier)


def console(name):
    for entry in driver.get_log("browser"):
        # The set-up's PublicURL= names another port than the one that the test was given, and the logo is asked for there.
        if "127.0.0.1:8080/pictures/" in entry["message"] or "/favicon.ico" in entry["message"]:
            continue
        rule(entry["level"] != "SEVERE", f"{name}: console: {entry['message']}")


try:
    size(1280)
    driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": SUBSCRIPTION})
    driver.get(base + "/editions/phone")
    rule(until(lambda: js("return !document.getElementById('choices').hidden")), f"the form is shown, not {state()}")
    rule(state() in ("off", "denied"), f"begins as off, not {state()}")
    driver.execute_cdp_cmd("Browser.grantPermissions", {"origin": base, "permissions": ["notifications"]})
    driver.get(base + "/editions/phone")
    rule(until(lambda: state() == "off"), f"is off, not {state()}")
    scope = driver.execute_async_script("const done = arguments[0]; navigator.serviceWorker.ready.then(r => done(r.active.scriptURL + ' ' + r.scope))")
    rule(scope == f"{base}/editions/worker.js {base}/editions/", f"the worker is {scope}")
    manifest = driver.execute_cdp_cmd("Page.getAppManifest", {})
    rule(manifest["url"].endswith("/editions/app.webmanifest") and not manifest["errors"], f"the manifest: {manifest.get('errors')}")
    problems = driver.execute_cdp_cmd("Page.getInstallabilityErrors", {}).get("installabilityErrors", [])
    rule(not problems, f"it can be installed: {problems}")
    judge("phone-off")
    # Nothing is ticked.
    js("for (const box of document.querySelectorAll('#choices input')) box.checked = false")
    click("switch-on")
    rule(until(lambda: state() == "none"), f"asks for a tick, not {state()}")
    js("for (const box of document.querySelectorAll('#choices input')) box.checked = true")
    click("switch-on")
    rule(until(lambda: state() == "on"), f"is switched on, not {state()}")
    judge("phone-on")
    driver.get(base + "/editions/phone")
    rule(until(lambda: state() == "on"), "is still on after a reload")
    js("document.querySelector('#choices input[value=akut]').checked = false")
    click("save")
    rule(until(lambda: js("return !document.getElementById('save').disabled") and state() == "on"), "is saved")
    driver.get(base + "/editions/phone")
    rule(until(lambda: state() == "on") and not js("return document.querySelector('#choices input[value=akut]').checked"), "the choice was kept")
    driver.get(base + "/editions/phone?language=en")
    rule(until(lambda: state() == "on") and js("return document.documentElement.lang") == "en", "speaks English too")
    console("phone")
    # A message as the push service hands it to the browser.
    driver.execute_cdp_cmd("ServiceWorker.enable", {})
    message = {"title": "Nyt fra Direktionen", "link": f"/editions/{slug}", "tag": slug, "urgent": False, "lang": "da"}

    def shown():
        return driver.execute_async_script(
            "const done = arguments[0]; navigator.serviceWorker.ready.then(r => r.getNotifications())"
            ".then(all => done(all.map(n => [n.title, n.body, n.tag, n.data.link])))")

    def delivers(text):
        driver.execute_cdp_cmd(
            "ServiceWorker.deliverPushMessage", {"origin": base, "registrationId": "0", "data": json.dumps(message | {"text": text})})
        return until(lambda: shown() == [["Nyt fra Direktionen", text, slug, f"/editions/{slug}"]], 15)

    # As after a lost answer the message comes twice: the second, known by its text here, takes the place of the first.
    # The browser drops a message without a word when it is just ending the idle worker, and then it is handed over again.
    for text in ("• Ny cykelsti", "• Ny cykelsti ved stationen"):
        rule(any(delivers(text) for attempt in range(4)), f"one notification with {text}, not {shown()}")
    click("switch-off")
    rule(until(lambda: state() == "off"), f"is switched off, not {state()}")
    # Read, and read on without the server.
    driver.get(base + "/editions/")
    rule(js("return Boolean(document.querySelector('a[href$=\"/editions/phone\"]'))"), "the archive leads to the page")
    judge("archive")
    driver.get(f"{base}/editions/{slug}")
    title = js("return document.querySelector('h1').textContent")
    console("editions")
    until(lambda: driver.execute_async_script(
        "const done = arguments[1]; caches.open('editions-read').then(c => c.match(arguments[0])).then(found => done(Boolean(found)))",
        f"{base}/editions/{slug}"))
    os.kill(int(process), signal.SIGTERM)
    until(lambda: not pathlib.Path(f"/proc/{process}/cmdline").read_bytes())
    driver.get(f"{base}/editions/{slug}")
    rule(js("return document.querySelector('h1').textContent") == title, "the edition that was read can be read without the server")
    driver.get(f"{base}/editions/never-read")
    rule("net" in js("return document.querySelector('h1').textContent"), "says that there is no network")
    judge("offline")
except Exception as error:
    rule(False, f"the driver: {type(error).__name__}: {str(error)[:600]}")
finally:
    driver.quit()
json.dump(broken, sys.stdout)
