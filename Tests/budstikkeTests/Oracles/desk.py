"""The desk in headless Chromium: somebody logs in and looks at pages; axe-core judges each at two widths, in light and dark surroundings.

Arguments: the site's address, a user name, a password, a folder for the pages' HTML (and for screenshots with SHOTS=1 in the environment),
then the paths; PATH!BUTTON?FIELD=VALUE fills a form of a page in and presses a button of it. Standard output: JSON with "violations" (page, width, scheme, rule, elements) and "elsewhere" (addresses of other hosts
that were asked for).
"""

import json
import os
import pathlib
import sys
import urllib.parse
import urllib.request

from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.expected_conditions import staleness_of
from selenium.webdriver.support.ui import WebDriverWait

AXE = next(pathlib.Path(folder) / "axe_playwright_python/axe.min.js" for folder in sys.path if "site-packages" in folder)
base, user, password, folder, *paths = sys.argv[1:]
folder = pathlib.Path(folder)

options = webdriver.ChromeOptions()
options.binary_location = "/usr/bin/chromium"
for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"):
    options.add_argument(argument)
options.set_capability("goog:loggingPrefs", {"performance": "ALL"})
driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
driver.set_script_timeout(120)
found, elsewhere = [], set()


def judge(name):
    for width in (375, 1280):
        for scheme in ("light", "dark"):
            driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
            driver.execute_cdp_cmd(
                "Emulation.setDeviceMetricsOverride", {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
            )
            # What a frame shows is a mail or a page that has tests of its own, and is closed to scripts.
            driver.execute_script(AXE.read_text())
            result = driver.execute_async_script(
                "const done = arguments[0]; axe.run({exclude: ['iframe']}).then(done, e => done({failure: String(e)}))"
            )
            where = {"page": name, "width": width, "scheme": scheme}
            if "failure" in result or not result["passes"]:
                found.append({**where, "rule": "axe did not run", "elements": [str(result)[:500]]})
                continue
            for violation in result["violations"]:
                found.append({**where, "rule": violation["id"], "elements": [node["html"][:200] for node in violation["nodes"]]})
            if driver.execute_script("return document.documentElement.scrollWidth > window.innerWidth"):
                found.append({**where, "rule": "scrolls sideways", "elements": []})
            if os.environ.get("SHOTS") and scheme == "light":
                size = driver.execute_cdp_cmd("Page.getLayoutMetrics", {})["cssContentSize"]
                shot = driver.execute_cdp_cmd(
                    "Page.captureScreenshot",
                    {"captureBeyondViewport": True, "clip": {"x": 0, "y": 0, "width": width, "height": size["height"], "scale": 1}},
                )
                import base64

                (folder / f"{name}-{width}.png").write_bytes(base64.b64decode(shot["data"]))


def with_next_page(act):
    """A key or a click returns before the page it leads to is there, on a busy machine long before."""
    former = driver.find_element(By.TAG_NAME, "html")
    act()
    wait = WebDriverWait(driver, 120, ignored_exceptions=(WebDriverException,))
    wait.until(staleness_of(former))
    wait.until(lambda _: driver.execute_script("return document.readyState") == "complete")


def save(name, path, cookie=None):
    request = urllib.request.Request(base + path, headers={"Cookie": cookie} if cookie else {})
    (folder / f"{name}.html").write_bytes(urllib.request.urlopen(request).read())


try:
    driver.get(base + "/desk/")
    assert driver.current_url.endswith("/desk/login?next=/desk/"), driver.current_url
    judge("login")
    save("login", "/desk/login")
    # The keyboard alone.
    with_next_page(lambda: driver.find_element(By.ID, "name").send_keys(user, Keys.TAB, password, Keys.ENTER))
    assert driver.current_url == base + "/desk/", driver.page_source
    cookie = "; ".join(f"{c['name']}={c['value']}" for c in driver.get_cookies())
    for path in paths:
        address, button, fields = path, "", ""
        if "!" in path:
            address, _, rest = path.partition("!")
            button, _, fields = rest.partition("?")
        name = (address + "-" + button if button else path).strip("/").replace("/", "-").replace("?", "-") or "desk"
        driver.get(base + address)
        if button:
            for key, value in urllib.parse.parse_qsl(fields):
                # In what is folded away nothing can be typed.
                driver.execute_script("for (const part of document.querySelectorAll('details')) part.open = true")
                field = driver.find_element(By.NAME, key)
                field.clear()
                field.send_keys(value)
            with_next_page(driver.find_element(By.CSS_SELECTOR, f'button[name="act"][value="{button}"]').click)
        if os.environ.get("SHOTS"):
            driver.implicitly_wait(2)
        judge(name)
        if button:
            (folder / f"{name}.html").write_text("<!DOCTYPE html>\n" + driver.page_source.removeprefix("<!DOCTYPE html>"))
        else:
            save(name, path, cookie)
    for entry in driver.get_log("performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            address = message["params"]["request"]["url"]
            if not address.startswith((base, "data:", "about:", "chrome")):
                elsewhere.add(address)
finally:
    driver.quit()
json.dump({"violations": found, "elsewhere": sorted(elsewhere)}, sys.stdout)
