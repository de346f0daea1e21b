"""axe-core in headless Chromium: every page given, at two widths, in light and in dark surroundings.

Arguments: pages as files. Standard output: a JSON list of violations, each with page, width, scheme, rule and the elements.
A page whose name begins with "mail" is judged by the rules of WCAG alone: landmarks are a mail program's business.
"""

import json
import pathlib
import sys

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

# Carried by PyPI's axe-playwright-python; only the file is used, its driver is not.
AXE = next(pathlib.Path(folder) / "axe_playwright_python/axe.min.js" for folder in sys.path if "site-packages" in folder)
WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}

options = webdriver.ChromeOptions()
options.binary_location = "/usr/bin/chromium"
for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"):
    options.add_argument(argument)
driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
driver.set_script_timeout(120)
found = []
try:
    for page in sys.argv[1:]:
        for width in (375, 1280):
            for scheme in ("light", "dark"):
                driver.execute_cdp_cmd(
                    "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
                )
                driver.execute_cdp_cmd(
                    "Emulation.setDeviceMetricsOverride",
                    {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500},
                )
                driver.get(pathlib.Path(page).resolve().as_uri())
                driver.execute_script(AXE.read_text())
                result = driver.execute_async_script(
                    "const done = arguments[1]; axe.run(document, arguments[0]).then(done, e => done({failure: String(e)}))",
                    WCAG if pathlib.Path(page).name.startswith("mail") else {},
                )
                where = {"page": pathlib.Path(page).name, "width": width, "scheme": scheme}
                if "failure" in result or not result["passes"]:
                    found.append({**where, "rule": "axe did not run", "elements": [str(result)[:500]]})
                    continue
                for violation in result["violations"]:
                    elements = [node["html"][:200] for node in violation["nodes"]]
                    found.append({**where, "rule": violation["id"], "elements": elements})
                overflow = driver.execute_script("return document.documentElement.scrollWidth > window.innerWidth")
                if overflow:
                    found.append({**where, "rule": "scrolls sideways", "elements": []})
finally:
    driver.quit()
json.dump(found, sys.stdout)
