"""A page opened from its file in headless Chromium. Arguments: the page, and a PNG to write for each of 375 and 1280 px, named `{width}` in it.

Standard output: a JSON list, for each width the natural widths of the page's pictures.
"""

import base64
import json
import pathlib
import sys

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

options = webdriver.ChromeOptions()
options.binary_location = "/usr/bin/chromium"
for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"):
    options.add_argument(argument)
driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
found = []
try:
    for width in (375, 1280):
        driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride", {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
        )
        driver.get(pathlib.Path(sys.argv[1]).resolve().as_uri())
        # Decoding is waited for: a data: address is decoded after the load event may have come.
        found.append(
            driver.execute_async_script(
                "const done = arguments[0], all = [...document.querySelectorAll('main img')];"
                "Promise.allSettled(all.map(i => i.decode())).then(() => done(all.map(i => i.naturalWidth)))"
            )
        )
        shot = driver.execute_cdp_cmd("Page.captureScreenshot", {"format": "png", "captureBeyondViewport": True})
        pathlib.Path(sys.argv[2].replace("{width}", str(width))).write_bytes(base64.b64decode(shot["data"]))
finally:
    driver.quit()
json.dump(found, sys.stdout)
