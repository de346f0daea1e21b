/* The web edition as an app: shows a notification of a new edition, opens it when it is tapped, and keeps the editions that were read last for
   when there is no network. Lies below /editions/, and touches nothing else. */
'use strict';
const frame = 'editions-frame';
const read = 'editions-read';
const pictures = 'editions-pictures';
const patience = 8000;
const scope = () => new URL(self.registration.scope);

self.addEventListener('install', event => event.waitUntil((async () => {
    await (await caches.open(frame)).add(new Request('offline', { cache: 'reload' }));
    await self.skipWaiting();
})()));
self.addEventListener('activate', event => event.waitUntil(self.clients.claim()));

/* The oldest go when there are more than so many. */
const keep = async (name, address, response, most) => {
    const cache = await caches.open(name);
    await cache.delete(address);
    await cache.put(address, response);
    const kept = await cache.keys();
    for (const old of kept.slice(0, Math.max(0, kept.length - most))) await cache.delete(old);
};
const fresh = request => {
    const ending = new AbortController();
    const timer = setTimeout(() => ending.abort(), patience);
    return fetch(request, { signal: ending.signal }).finally(() => clearTimeout(timer));
};
const page = async event => {
    const url = new URL(event.request.url);
    const address = url.origin + url.pathname;
    const kept = async () => (await (await caches.open(read)).match(address)) || (await (await caches.open(frame)).match('offline'));
    try {
        const response = await fresh(event.request);
        /* A proxy says 502 to 504 for a server that is away. */
        if (response.status >= 500) return (await kept()) || response;
        if (response.ok && !response.redirected && !url.pathname.startsWith(scope().pathname + 'phone')) {
            event.waitUntil(keep(read, address, response.clone(), 12));
        }
        /* What was recalled is not to be read on here. */
        if (response.status === 404 || response.status === 410) event.waitUntil(caches.open(read).then(cache => cache.delete(address)));
        return response;
    } catch (error) {
        const answer = await kept();
        if (answer) return answer;
        throw error;
    }
};
/* Nothing ever changes under a picture's address. */
const picture = async event => {
    const kept = await (await caches.open(pictures)).match(event.request.url);
    if (kept) return kept;
    const response = await fetch(event.request);
    if (response.ok) event.waitUntil(keep(pictures, event.request.url, response.clone(), 60));
    return response;
};
self.addEventListener('fetch', event => {
    const { request } = event;
    const url = new URL(request.url);
    if (request.method !== 'GET' || url.origin !== location.origin) return;
    if (request.mode === 'navigate' && url.pathname.startsWith(scope().pathname)) event.respondWith(page(event));
    else if (url.pathname.startsWith('/pictures/')) event.respondWith(picture(event));
});

self.addEventListener('push', event => event.waitUntil((async () => {
    let message = {};
    try { message = event.data.json(); } catch { /* A browser takes the right to notify away from who shows nothing. */ }
    await self.registration.showNotification(message.title || location.host, {
        body: message.text || '', tag: message.tag || 'budstikke', lang: message.lang || '', data: { link: message.link || '' },
        icon: 'icon-192.png', badge: 'badge-96.png', renotify: message.urgent === true, requireInteraction: message.urgent === true,
    });
})()));
self.addEventListener('notificationclick', event => {
    event.notification.close();
    event.waitUntil((async () => {
        let target = new URL(event.notification.data?.link || '', scope());
        if (target.origin !== location.origin) target = scope();
        const open = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
        const same = open.find(client => client.url === target.href);
        await (same ? same.focus() : self.clients.openWindow(target.href));
    })());
});
/* The push service has given the browser another address. */
self.addEventListener('pushsubscriptionchange', event => event.waitUntil((async () => {
    const former = event.oldSubscription;
    if (!former) return;
    const subscription = event.newSubscription || await self.registration.pushManager.subscribe(former.options);
    await fetch('phone/renewal', {
        method: 'POST', credentials: 'omit', headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ former: former.endpoint, subscription }),
    });
})()));
