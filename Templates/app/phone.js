/* "Få besked på telefonen": switches notifications on and off in this browser. What the page says stands in the page; here is only which of it
   is shown. Without this script the page says that the browser cannot do it. */
'use strict';
(async () => {
    const form = document.getElementById('choices');
    const boxes = [...form.querySelectorAll('input[type=checkbox]')];
    const buttons = [...form.querySelectorAll('button')];
    const show = state => {
        for (const line of document.querySelectorAll('[data-state]')) line.hidden = line.dataset.state !== state;
    };
    const setOn = isOn => {
        document.getElementById('switch-on').hidden = isOn;
        document.getElementById('save').hidden = !isOn;
        document.getElementById('switch-off').hidden = !isOn;
    };
    const post = (path, content) => fetch(path, {
        method: 'POST', credentials: 'omit', cache: 'no-store', headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(content),
    });
    const bytes = text => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), letter => letter.charCodeAt(0));
    const key = bytes(form.dataset.key);
    const isOurs = subscription => {
        const own = new Uint8Array(subscription.options.applicationServerKey || []);
        return own.length === key.length && own.every((byte, index) => byte === key[index]);
    };

    if (!('serviceWorker' in navigator)) return;
    await navigator.serviceWorker.register('worker.js', { scope: './' });
    if (!('PushManager' in window) || !('Notification' in window)) {
        /* Safari knows them only on the home screen. */
        const isApple = /iPhone|iPad|iPod/.test(navigator.userAgent) || navigator.platform === 'MacIntel' && navigator.maxTouchPoints > 1;
        if (isApple && !matchMedia('(display-mode: standalone)').matches) show('homeScreen');
        return;
    }
    const registration = await navigator.serviceWorker.ready;
    let subscription = await registration.pushManager.getSubscription();
    let known = null;
    if (subscription && isOurs(subscription) && Notification.permission === 'granted') {
        const answer = await post('phone/state', { endpoint: subscription.endpoint });
        if (answer.ok) known = (await answer.json()).publications;
    }
    if (known) for (const box of boxes) box.checked = known.includes(box.value);
    setOn(Boolean(known));
    show(Notification.permission === 'denied' ? 'denied' : known ? 'on' : 'off');
    form.hidden = false;

    const subscribed = async () => {
        const former = await registration.pushManager.getSubscription();
        if (former && isOurs(former)) return former;
        if (former) await former.unsubscribe();
        return registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
    };
    const busy = async work => {
        for (const button of buttons) button.disabled = true;
        try { await work(); } catch { show('failed'); }
        for (const button of buttons) button.disabled = false;
    };
    form.addEventListener('submit', event => {
        event.preventDefault();
        const publications = boxes.filter(box => box.checked).map(box => box.value);
        if (!publications.length) return show('none');
        busy(async () => {
            if (await Notification.requestPermission() !== 'granted') return show('denied');
            subscription = await subscribed();
            const answer = await post('phone/choice', { subscription, publications, language: form.dataset.language });
            if (answer.ok) {
                setOn(true);
                show('on');
            } else {
                show(answer.status === 429 || answer.status === 503 ? 'busy' : 'failed');
            }
        });
    });
    document.getElementById('switch-off').addEventListener('click', () => busy(async () => {
        const former = await registration.pushManager.getSubscription();
        /* The push service ends it too, so that nothing comes even if the server was not reached. */
        if (former) {
            await Promise.allSettled([post('phone/end', { endpoint: former.endpoint }), former.unsubscribe()]);
        }
        setOn(false);
        show('off');
    }));
})();
