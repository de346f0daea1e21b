/* The player of the screen page: shows the items of <feed>/items.json one at a time.

   Comes in: the items, by server-sent events at once, by polling where those do not get through. Goes out: one item on the wall. When the
   server or the network is gone it goes on with what it has, over a reload too (worker.js answers from what is kept here), and an item is
   shown no more from the instant it expires by the server's clock, whatever this machine's clock says. */
'use strict';
(() => {
    const $ = id => document.getElementById(id);
    const { feed, zone, clock: clockPattern, more } = document.body.dataset;
    const stage = $('stage'), idle = $('idle'), hold = $('hold');
    const language = document.documentElement.lang;
    const screenName = new URLSearchParams(location.search).get('screen');
    const query = screenName ? '?screen=' + encodeURIComponent(screenName) : '';
    const plain = new URL(feed + '/items.json', location.href).href;
    const page = location.origin + location.pathname;
    /* Beside the assets, whether or not a token stands before the feed's name. */
    const worker = new URL('../worker.js', document.currentScript.src).href;
    const pollSeconds = { alone: 5, besideEvents: 60 };
    const calm = matchMedia('(prefers-reduced-motion: reduce)');

    /* The server's clock. Its Date header has whole seconds: the later bound, so that nothing is shown too long. */
    const storage = (() => { try { return localStorage; } catch { return null; } })();
    let offset = Number(storage?.getItem('screen-offset')) || 0;
    let fixed = null;
    const now = () => Math.max(Date.now() + offset, fixed ? fixed.server + performance.now() - fixed.at : 0);
    const setClock = response => {
        const date = Date.parse(response.headers.get('Date'));
        if (Number.isNaN(date)) return;
        fixed = { server: date + 1000, at: performance.now() };
        offset = fixed.server - Date.now();
        try { storage?.setItem('screen-offset', String(offset)); } catch { /* Full or forbidden: the offset lasts until a reload. */ }
    };

    /* What is shown, and when it ends. */
    let items = [], shown = null, article = null, until = 0, isHeld = false;
    const isVisible = item => { const t = now(); return !(item.from > t) && !(item.until <= t); };
    const visible = () => items.filter(isVisible);
    /* By what has been on this page: what is new comes before what would be next. */
    let seen = new Set();
    const following = () => visible().find(item => !seen.has(item.id)) || next(1);
    const next = step => {
        const list = visible();
        if (list.length === 0) return null;
        const index = shown ? items.findIndex(item => item.id === shown.id) : -1;
        const position = list.findIndex(item => shown && item.id === shown.id);
        if (position >= 0) return list[(position + step + list.length) % list.length];
        return list.find(item => items.indexOf(item) > index) || list[0];
    };

    const element = (name, className, text) => {
        const made = document.createElement(name);
        if (className) made.className = className;
        if (text !== undefined) made.textContent = text;
        return made;
    };
    const drawing = code => {
        const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
        svg.setAttribute('viewBox', `0 0 ${code.side} ${code.side}`);
        svg.setAttribute('aria-hidden', 'true');
        svg.append(document.createElementNS('http://www.w3.org/2000/svg', 'path'));
        svg.firstChild.setAttribute('d', code.path);
        return svg;
    };
    const compose = (item, picture) => {
        const made = element('article', item.exclusive ? (item.drill ? 'exclusive drill' : 'exclusive') : '');
        made.dataset.id = item.id;
        const words = element('div', 'words');
        if (item.banner) words.append(element('p', 'banner', item.banner));
        words.append(element('h2', '', item.title));
        if (item.text) words.append(element('p', 'text', item.text));
        words.append(element('p', 'source', item.source));
        if (picture) {
            made.classList.add('pictured');
            made.append(picture);
        }
        made.append(words);
        if (item.code) {
            const code = element('div', 'code');
            code.append(drawing(item.code), element('span', '', more));
            made.append(code);
        }
        return made;
    };
    /* Cuts the text, then the title, at a word until all stands within the screen: letters are never made smaller. */
    const fit = made => {
        const words = made.querySelector('.words');
        for (const part of [words.querySelector('.text'), words.querySelector('h2')]) {
            if (!part || words.scrollHeight <= words.clientHeight + 1) continue;
            const whole = part.textContent.split(/\s+/);
            let low = 0, high = whole.length - 1;
            while (low < high) {
                const middle = Math.ceil((low + high) / 2);
                part.textContent = whole.slice(0, middle).join(' ') + '…';
                if (words.scrollHeight <= words.clientHeight + 1) low = middle; else high = middle - 1;
            }
            if (low > 0) part.textContent = whole.slice(0, low).join(' ') + '…';
            else part.remove();
        }
    };
    const load = picture => new Promise(done => {
        if (!picture) return done(null);
        const image = element('img', 'picture');
        image.alt = picture.alternativeText;
        if (picture.width) [image.width, image.height] = [picture.width, picture.height];
        image.onload = () => done(image);
        image.onerror = () => done(null);
        image.src = picture.address;
    });
    const leave = old => {
        if (!old) return;
        if (calm.matches) return old.remove();
        old.setAttribute('aria-hidden', 'true');
        old.classList.add('entering');
        setTimeout(() => old.remove(), 900);
    };

    let turn = 0;
    const show = async item => {
        const mine = ++turn;
        until = Infinity;
        const made = item && compose(item, await load(item.picture));
        if (mine !== turn) return;
        if (item && !isVisible(item)) return show(next(1));
        const old = article;
        [shown, article] = [item, made];
        if (item) seen.add(item.id);
        idle.hidden = item !== null;
        if (made) {
            if (!calm.matches) made.classList.add('entering');
            stage.append(made);
            fit(made);
            made.getBoundingClientRect();
            made.classList.remove('entering');
            until = performance.now() + item.seconds * 1000;
        } else until = 0;
        leave(old);
    };

    /* Four times a second: the clock, an item that expires, one whose time is up. */
    const words = (options, instant) => new Intl.DateTimeFormat(language, { timeZone: zone, ...options }).format(instant);
    const tick = () => {
        const instant = now();
        const part = name => Number(new Intl.DateTimeFormat('en-GB', { timeZone: zone, [name]: '2-digit', hour12: false }).format(instant));
        const time = clockPattern.replace('{hour}', part('hour')).replace('{minute}', String(part('minute')).padStart(2, '0'));
        if ($('clock').textContent !== time) {
            $('clock').textContent = time;
            $('day').textContent = words({ weekday: 'long', day: 'numeric', month: 'long' }, instant);
        }
        if (shown && !isVisible(shown)) {
            /* Gone at once, without a transition in which it could still be read. */
            article?.remove();
            article = null;
            show(following());
        } else if (!shown && until === 0 && visible().length > 0) {
            show(following());
        } else if (shown && !isHeld && performance.now() >= until) {
            const item = following();
            if (item.id === shown.id) until = performance.now() + shown.seconds * 1000;
            else show(item);
        }
    };

    /* News from the server, or from what is kept. */
    const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
    const take = list => {
        items = list;
        seen = new Set([...seen].filter(id => items.some(item => item.id === id)));
        idle.hidden = shown !== null || visible().length > 0;
        const present = shown && items.find(item => item.id === shown.id);
        /* A crisis message that is new comes at once, in place of another one too. */
        const urgent = visible().find(item => item.exclusive && !seen.has(item.id)) || (!shown?.exclusive && visible().find(item => item.exclusive));
        if (urgent) show(urgent);
        else if (shown && !present) show(next(1));
        else if (shown && !same(present, shown)) show(present);
        else if (!shown) tick();
        else shown = present;
    };
    const cacheName = 'screen-' + feed;
    const keep = async addresses => {
        if (!('caches' in window)) return;
        const cache = await caches.open(cacheName);
        const wanted = new Set(addresses);
        for (const address of wanted) if (!(await cache.match(address))) await cache.add(address).catch(() => {});
        for (const request of await cache.keys()) if (!wanted.has(request.url)) await cache.delete(request);
    };
    const assets = [...document.querySelectorAll('script[src], link[rel=stylesheet], header img')].map(part => part.src || part.href);
    let isLive = false;
    const refresh = async () => {
        try {
            const response = await fetch(plain + query, { cache: 'no-cache' });
            isLive = !response.headers.has('X-Kept');
            if (isLive && (response.status === 404 || response.status === 410)) return take([]);
            if (!response.ok) return;
            if (isLive) setClock(response);
            const copy = isLive ? response.clone() : null;
            const file = await response.json();
            take(file.items);
            if (copy && 'caches' in window) {
                await (await caches.open(cacheName)).put(plain, copy);
                const pictures = file.items.filter(item => item.picture).map(item => new URL(item.picture.address, location.href).href);
                await keep([page, plain, ...assets, ...pictures]);
            }
        } catch {
            isLive = false;
        }
        listen();
    };

    /* Server-sent events: each says only that something has changed. Opened when the server is there, closed when it is not, so that the
       browser does not knock in vain. */
    let events = null, isHeard = false, polled = -Infinity;
    const deafen = () => {
        events?.close();
        [events, isHeard] = [null, false];
    };
    const listen = () => {
        if (!isLive) return deafen();
        if (events || !window.EventSource) return;
        events = new EventSource(feed + '/events' + query);
        /* The first one comes at once; a proxy that holds events back leaves the page to its polling. */
        events.onmessage = () => {
            isHeard = true;
            refresh();
        };
        events.onerror = deafen;
    };
    const poll = () => {
        const pause = isHeard ? pollSeconds.besideEvents : pollSeconds.alone;
        if (performance.now() - polled < pause * 1000) return;
        polled = performance.now();
        refresh();
    };

    /* Twice an hour: a page, a look or a player that has changed on the server takes the place of this one. */
    let first = null;
    const renew = async () => {
        try {
            const response = await fetch(page, { cache: 'no-cache' });
            if (!response.ok || response.headers.has('X-Kept')) return;
            const text = await response.clone().text();
            if (first !== null && first !== text) {
                if ('caches' in window) await (await caches.open(cacheName)).put(page, response);
                return location.reload();
            }
            first = text;
        } catch { /* The server is away: later. */ }
    };

    const setHeld = value => {
        isHeld = value;
        hold.setAttribute('aria-pressed', String(value));
        if (!value && shown) until = performance.now() + shown.seconds * 1000;
    };
    hold.addEventListener('click', () => setHeld(!isHeld));
    addEventListener('keydown', event => {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (step && shown) show(next(step));
    });

    const start = () => {
        navigator.serviceWorker?.register(worker).catch(() => null);
        poll();
        renew();
        setInterval(poll, 1000);
        setInterval(renew, 1800 * 1000);
        setInterval(tick, 250);
    };
    tick();
    start();
})();
