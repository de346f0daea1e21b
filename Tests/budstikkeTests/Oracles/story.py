"""The desk's whole story in headless Chromium, each act by the person whose it is: a contributor submits, an editor mends and approves, both sides of
the MED committee sign, a late change takes their yes back, they sign again, the director releases, the editor corrects what has gone out.

Arguments: the site's address, the password of all, the edition's path, a picture file. Standard output: JSON with what was seen.
"""

import json
import sys
import urllib.parse

from selenium import webdriver
from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

base, password, edition, picture = sys.argv[1:]
options = webdriver.ChromeOptions()
options.binary_location = "/usr/bin/chromium"
for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--window-size=1280,1200"):
    options.add_argument(argument)
driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
seen = {}

WORD = """<html><head><style>p.MsoNormal{color:red;font-family:Calibri}</style></head><body lang=DA>
<h1 style='color:#2F5496'>Fra m&oslash;det<o:p></o:p></h1>
<p class=MsoNormal style='margin-left:2cm'><span style='font-size:14pt;color:red'>Vi talte om <b>trivsel</b> og <i>tid</i>, se
<a href="https://koege.example/med?a=1&b=2" style='color:blue'>referatet</a>.<script>alert(1)</script></span><o:p></o:p></p>
<p class=MsoListParagraphCxSpFirst style='mso-list:l0 level1 lfo1'><![if !supportLists]><span style='mso-list:Ignore'>&middot;<span>&nbsp; </span></span><![endif]>kaffe</p>
<p class=MsoListParagraphCxSpLast style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>&middot;<span>&nbsp; </span></span>te</p>
<p class=MsoNormal>24. december er der lukket.</p>
<table border=1><tr><td><p><b>Dag</b></p></td><td><p>Tid</p></td></tr><tr><td><p>man</p></td><td><p>8|9</p></td></tr></table>
<img src="https://ond.example/pixel.png" onerror="alert(2)">
</body></html>"""


def wait(condition, seconds=90):
    # While a page gives way to the next, what was found in it is gone.
    passing = [NoSuchElementException, StaleElementReferenceException]
    return WebDriverWait(driver, seconds, ignored_exceptions=passing).until(lambda _: condition())


def body():
    return driver.find_element(By.TAG_NAME, "body").text


def log_in(name):
    driver.delete_all_cookies()
    driver.get(base + "/desk/")
    # The keyboard alone.
    driver.find_element(By.ID, "name").send_keys(name, Keys.TAB, password, Keys.ENTER)
    wait(lambda: driver.current_url == base + "/desk/")


def focus(predicate, limit=200):
    """Tabs on until the focused element is the one; never a click."""
    for _ in range(limit):
        active = driver.switch_to.active_element
        if predicate(active):
            return active
        active.send_keys(Keys.TAB)
    raise AssertionError("not reached by the keyboard: " + driver.current_url)


def press(act):
    focus(lambda e: e.tag_name == "button" and e.get_attribute("value") == act).send_keys(Keys.ENTER)


def paste(field, html):
    driver.execute_script(
        """const data = new DataTransfer();
        data.setData('text/html', arguments[1]);
        data.setData('text/plain', 'plain');
        arguments[0].focus();
        arguments[0].dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}));""",
        field, html)


def visit(path):
    driver.get(base + path)
    return body()


try:
    # The contributor writes, pastes from Word, adds a picture, and waits for the receipt.
    log_in("hans")
    visit("/desk/submit")
    driver.find_element(By.ID, "title").send_keys("Nyt fra Hovedudvalget")
    paste(driver.find_element(By.ID, "text"), WORD)
    seen["pasted"] = driver.find_element(By.ID, "text").get_attribute("value")
    seen["told"] = driver.find_element(By.CSS_SELECTOR, "#text + [role=status]").text
    driver.find_element(By.ID, "picture").send_keys(picture)
    driver.find_element(By.ID, "alt").send_keys("Kommunens byvåben")
    driver.find_element(By.ID, "contact").send_keys(", 12 34 56 78")
    driver.find_element(By.ID, "alt").click()
    press("write")
    wait(lambda: "/desk/submit/" in driver.current_url and driver.find_elements(By.TAG_NAME, "iframe"))
    seen["receipt"] = body()
    driver.switch_to.frame(driver.find_element(By.TAG_NAME, "iframe"))
    seen["receiptPage"] = body()
    driver.switch_to.default_content()
    item = driver.find_element(By.CSS_SELECTOR, "main a[href^='/desk/items/']").get_attribute("href")[len(base):]

    # The editor looks at the change before saving it, and approves.
    log_in("anne")
    visit(item)
    driver.switch_to.active_element.send_keys(Keys.TAB)
    focus(lambda e: e.tag_name == "summary").send_keys(Keys.ENTER)
    text = wait(lambda: driver.find_element(By.ID, "body"))
    seen["edited"] = text.get_attribute("value")
    text.send_keys(Keys.CONTROL, Keys.END)
    text.send_keys("\n\nMendt af redaktionen.")
    press("review")
    wait(lambda: driver.find_elements(By.ID, "review"))
    seen["review"] = driver.find_element(By.ID, "review").text
    focus(lambda e: e.tag_name == "button" and e.get_attribute("value") == "edit").send_keys(Keys.ENTER)
    wait(lambda: driver.find_elements(By.CSS_SELECTOR, ".notice[role=status]"))
    seen["saved"] = driver.find_element(By.CSS_SELECTOR, ".notice[role=status]").text
    press("approve")
    wait(lambda: driver.find_elements(By.CSS_SELECTOR, ".tag.approved"))

    # Order by dragging, then by the keyboard.
    visit(edition)
    rows = lambda: [row.get_attribute("data-item") for row in driver.find_elements(By.CSS_SELECTOR, "ol.order > li")]
    seen["before"] = rows()
    handles = driver.find_elements(By.CSS_SELECTOR, "ol.order .handle")
    driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", handles[-1])
    target = driver.find_elements(By.CSS_SELECTOR, "ol.order > li")[0]
    ActionChains(driver).click_and_hold(handles[-1]).move_to_element_with_offset(target, 0, -target.size["height"] // 2 + 2).release().perform()
    wait(lambda: rows() != seen["before"] and driver.find_elements(By.CSS_SELECTOR, ".notice[role=status]"))
    seen["dragged"] = rows()
    press("down")
    wait(lambda: rows() != seen["dragged"])
    seen["byButton"] = rows()

    for name in ("mads", "bente"):
        log_in(name)
        visit(edition)
        press("approve")
        wait(lambda: "din godkendelse" in body())
    seen["signed"] = body()

    # A late change by the editor: both signatures are void, and the director cannot release.
    log_in("anne")
    visit(item)
    driver.find_element(By.CSS_SELECTOR, "details.card > summary").send_keys(Keys.ENTER)
    title = wait(lambda: driver.find_element(By.ID, "title"))
    title.send_keys(" i dag")
    press("edit")
    wait(lambda: driver.find_elements(By.CSS_SELECTOR, ".notice[role=status]"))
    seen["late"] = driver.find_element(By.CSS_SELECTOR, ".notice[role=status]").text
    log_in("dorte")
    seen["revoked"] = visit(edition)
    seen["mayRun"] = bool(driver.find_elements(By.CSS_SELECTOR, "button[value=run]"))

    for name in ("mads", "bente"):
        log_in(name)
        visit(edition)
        press("approve")
        wait(lambda: "din godkendelse" in body())
    log_in("dorte")
    visit(edition)
    focus(lambda e: e.tag_name == "summary").send_keys(Keys.ENTER)
    press("run")
    wait(lambda: visit(edition) and driver.find_elements(By.CSS_SELECTOR, ".tag.released"), 60)
    seen["released"] = True

    # One story was wrong: the editor takes it back, and corrects the edition wherever it is.
    log_in("anne")
    visit("/desk/items/1")
    press("withdraw")
    wait(lambda: driver.find_elements(By.CSS_SELECTOR, ".notice[role=status]"))
    visit(edition)
    seen["pending"] = body()
    focus(lambda e: e.get_attribute("id") == "note").send_keys("Nyheden om cykelstien var forkert.")
    press("recall")
    wait(lambda: "Udgaven er rettet overalt" in body() or "Rettet efter udsendelsen" in body(), 60)
    seen["offered"] = visit(edition)
    seen["corrected"] = visit(edition.replace("/desk", ""))
finally:
    driver.quit()
json.dump(seen, sys.stdout)
