"""The desk by the keyboard alone, in headless Chromium: an editor logs in, goes to the items, opens one, approves it, goes to an edition and changes
its order; with Tab, Enter and Space, and never a click. At each stop the element that has the focus must show it, and be in sight.

Arguments: the site's address, a user name, a password, an item's title, the edition's path, a width in pixels. Standard output: JSON with what was seen.
"""

import json
import sys

from selenium import webdriver
from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

base, user, password, title, edition, width = sys.argv[1:]
options = webdriver.ChromeOptions()
options.binary_location = "/usr/bin/chromium"
for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"):
    options.add_argument(argument)
driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
driver.execute_cdp_cmd(
    "Emulation.setDeviceMetricsOverride", {"width": int(width), "height": 800, "deviceScaleFactor": 1, "mobile": False}
)
seen = {"stops": 0, "unseen": []}

STOP = """
const element = document.activeElement, style = getComputedStyle(element), box = element.getBoundingClientRect();
const shows = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 && element.matches(':focus-visible');
const inSight = box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
return [shows && inSight, element.outerHTML.slice(0, 120)];
"""


def wait(condition, seconds=90):
    passing = [NoSuchElementException, StaleElementReferenceException]
    return WebDriverWait(driver, seconds, ignored_exceptions=passing).until(lambda _: condition())


def key(value):
    ActionChains(driver).send_keys(value).perform()


def tab_to(predicate, limit=100):
    for _ in range(limit):
        key(Keys.TAB)
        element = driver.switch_to.active_element
        shown, markup = driver.execute_script(STOP)
        seen["stops"] += 1
        if not shown:
            seen["unseen"].append(driver.current_url[len(base):] + " " + markup)
        if predicate(element):
            return
    raise AssertionError("not reached by the keyboard: " + driver.current_url)


def link(path):
    return lambda element: element.tag_name == "a" and (element.get_attribute("href") or "") == base + path


def button(act):
    return lambda element: element.tag_name == "button" and element.get_attribute("value") == act


def at(path):
    wait(lambda: driver.current_url == base + path and driver.execute_script("return document.readyState") == "complete")


def notice():
    return wait(lambda: driver.find_element(By.CSS_SELECTOR, ".notice[role=status]").text)


def rows():
    return [row.get_attribute("data-item") for row in driver.find_elements(By.CSS_SELECTOR, "ol.order > li")]


try:
    driver.get(base + "/desk/")
    tab_to(lambda element: element.get_attribute("id") == "name")
    key(user)
    tab_to(lambda element: element.get_attribute("id") == "password")
    key(password)
    tab_to(lambda element: element.tag_name == "button")
    key(Keys.SPACE)
    at("/desk/")
    # The first stop leads past the menu.
    tab_to(lambda element: element.get_attribute("class") == "skip")
    tab_to(link("/desk/items"))
    key(Keys.ENTER)
    at("/desk/items")
    tab_to(lambda element: element.get_attribute("id") == "q")
    key(title.upper()[3:])
    key(Keys.ENTER)
    wait(lambda: "q=" in driver.current_url)
    tab_to(lambda element: element.tag_name == "a" and element.text == title)
    key(Keys.ENTER)
    wait(lambda: driver.find_element(By.TAG_NAME, "h1").text == title)
    tab_to(button("approve"))
    key(Keys.SPACE)
    seen["approved"] = notice()
    tab_to(link("/desk/editions"))
    key(Keys.ENTER)
    at("/desk/editions")
    tab_to(link(edition))
    key(Keys.ENTER)
    at(edition)
    seen["before"] = rows()
    tab_to(button("down"))
    key(Keys.SPACE)
    wait(lambda: rows() != seen["before"])
    seen["down"] = rows()
    tab_to(button("lead"))
    key(Keys.ENTER)
    wait(lambda: rows() != seen["down"])
    seen["lead"] = rows()
finally:
    driver.quit()
json.dump(seen, sys.stdout)
