"""An open page of the desk in headless Chromium: a file is written, and the page tells of it without being asked for again.

Arguments: the site's address, a user name, a password, the path of the file. Standard output: what was seen.
"""

import pathlib
import sys

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

base, user, password, path = sys.argv[1:]
options = webdriver.ChromeOptions()
options.binary_location = "/usr/bin/chromium"
for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"):
    options.add_argument(argument)
driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
try:
    driver.get(base + "/desk/login")
    driver.find_element(By.ID, "name").send_keys(user, Keys.TAB, password, Keys.ENTER)
    WebDriverWait(driver, 120).until(lambda d: d.current_url == base + "/desk/")
    driver.execute_script("window.isTheSame = true")
    part = lambda: driver.find_element(By.CSS_SELECTOR, "[data-live]").text
    before = part()
    pathlib.Path(path).write_text("Titel: Uden billede\nBillede: mangler.png\n\nTekst.\n")
    WebDriverWait(driver, 120).until(lambda d: "Uden.md" in part())
    assert "Uden.md" not in before
    assert driver.execute_script("return window.isTheSame")
    print("changed without a reload")
finally:
    driver.quit()
