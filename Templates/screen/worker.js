/* Answers for the server when it or the network is away: with what player.js has kept. Keeps nothing itself.

   What never changes under its address (assets, pictures) comes from what is kept first; the page and its items from the server first.
   An answer that was kept says so in X-Kept, for its Date is an old one. */
'use strict';
const patience = 8000;
const kept = async request => {
    const found = await caches.match(request.url.split('?')[0], { ignoreVary: true });
    if (!found) return null;
    const headers = new Headers(found.headers);
    headers.set('X-Kept', 'yes');
    return new Response(found.body, { status: 200, headers });
};
const fresh = request => {
    const ending = new AbortController();
    const timer = setTimeout(() => ending.abort(), patience);
    return fetch(request, { signal: ending.signal }).finally(() => clearTimeout(timer));
};
const fromServerFirst = async request => {
    try {
        const response = await fresh(request);
        /* A proxy says 502 to 504 for a server that is away. */
        if (response.status < 500) return response;
        return (await kept(request)) || response;
    } catch (error) {
        const answer = await kept(request);
        if (answer) return answer;
        throw error;
    }
};
self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', event => event.waitUntil(self.clients.claim()));
self.addEventListener('fetch', event => {
    const { request } = event;
    const { origin, pathname } = new URL(request.url);
    if (request.method !== 'GET' || origin !== location.origin || pathname.endsWith('/events')) return;
    const isFixed = pathname.includes('/screen/assets/') || pathname.includes('/pictures/');
    event.respondWith(isFixed ? kept(request).then(answer => answer || fetch(request)) : fromServerFirst(request));
});
