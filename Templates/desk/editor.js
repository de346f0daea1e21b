/* What the desk can do with JavaScript besides what its plain forms do without it:
   a paste from Word into a text field keeps headings, lists, bold, italics, links and tables as Markdown and drops everything else; items of
   an edition are dragged into their order; a page that waits for the intake is fetched again when there is something new to show. */
'use strict';
(() => {
    /* Paste: HTML from the clipboard to Markdown. What the clipboard holds is parsed as a document that runs and fetches nothing. */
    const blocks = new Set(['P', 'DIV', 'H1', 'H2', 'H3', 'H4', 'H5', 'H6', 'UL', 'OL', 'TABLE', 'BLOCKQUOTE', 'PRE', 'HR', 'SECTION',
        'ARTICLE', 'HEADER', 'FOOTER', 'MAIN', 'BODY', 'DL', 'DT', 'DD', 'FIGURE', 'FIGCAPTION', 'ADDRESS']);
    const dropped = new Set(['STYLE', 'SCRIPT', 'META', 'LINK', 'TITLE', 'HEAD', 'TEMPLATE', 'OBJECT', 'IFRAME', 'IMG', 'SVG', 'O:P', 'XML']);
    const escaped = text => text.replace(/([\\`*_[\]<>])/g, '\\$1');
    const squeezed = text => text.replace(/[\s\u00a0]+/g, ' ');
    const listMark = /^\s*(?:[·•o§▪–-]|[\uf0a7\uf0b7])[\s\u00a0]+/;
    const numberMark = /^\s*(\d{1,3})[.)][\s\u00a0]+/;

    /* Word hides what is no text in conditional comments, and marks of its lists in spans that are to be passed over. */
    const isHidden = node => dropped.has(node.nodeName.toUpperCase()) || /mso-list:\s*ignore|display:\s*none/i.test(node.getAttribute?.('style') || '');
    const isBold = node => /^(B|STRONG)$/.test(node.nodeName) && !/font-weight:\s*(normal|400)/i.test(node.getAttribute('style') || '')
        || /font-weight:\s*(bold|[6-9]00)/i.test(node.getAttribute?.('style') || '');
    const isItalic = node => /^(I|EM)$/.test(node.nodeName) || /font-style:\s*italic/i.test(node.getAttribute?.('style') || '');

    const marked = (mark, text) => {
        const [, before, inner, after] = text.match(/^(\s*)([\s\S]*?)(\s*)$/);
        return inner ? before + mark + inner + mark + after : text;
    };
    const inline = (node, state = {}) => {
        if (node.nodeType === Node.TEXT_NODE) return escaped(squeezed(node.nodeValue));
        if (node.nodeType !== Node.ELEMENT_NODE || isHidden(node)) return '';
        if (node.nodeName === 'BR') return state.cell ? ' ' : '\\\n';
        const bold = !state.bold && isBold(node), italic = !state.italic && isItalic(node);
        const inner = { ...state, bold: state.bold || bold, italic: state.italic || italic };
        let text = [...node.childNodes].map(child => inline(child, inner)).join('');
        if (node.nodeName === 'A') {
            const address = node.getAttribute('href') || '';
            if (/^(https?|mailto|tel):/i.test(address) && text.trim()) text = `[${text.trim()}](<${address.replace(/[<>\s\\]/g, encodeURIComponent)}>)`;
        }
        if (italic) text = marked('*', text);
        if (bold) text = marked('**', text);
        return text;
    };
    const line = (node, state) => (node.nodeType === Node.TEXT_NODE ? inline(node, state) : [...node.childNodes].map(child => inline(child, state)).join(''))
        .replace(/^[\s\u00a0]+|[\s\u00a0]+$|\\\n\s*$/g, '').replace(/\*\*\*\*/g, '');
    /* What would begin a heading or a list where it stands only by chance. */
    const plainStart = text => text.replace(/^(\s*)([#>+-]|\d{1,3}[.)])(?=\s)/, (whole, space, mark) =>
        space + (/\d/.test(mark) ? mark.slice(0, -1) + '\\' + mark.slice(-1) : '\\' + mark));

    const cells = row => [...row.cells].map(cell => line(cell, { cell: true }).replace(/\|/g, '\\|').replace(/\\\n/g, ' '));
    const table = node => {
        const rows = [...node.rows].map(cells).filter(row => row.some(cell => cell));
        const width = Math.max(0, ...rows.map(row => row.length));
        if (width === 0) return '';
        const row = values => '| ' + [...values, ...Array(width - values.length).fill('')].join(' | ') + ' |';
        return [row(rows[0]), row(Array(width).fill('---')), ...rows.slice(1).map(row)].join('\n');
    };
    const list = (node, depth = 0) => {
        let number = Number(node.getAttribute('start')) || 1;
        const lines = [];
        for (const child of node.children) {
            if (/^(UL|OL)$/.test(child.nodeName)) { lines.push(list(child, depth + 1)); continue; }
            if (child.nodeName !== 'LI' || isHidden(child)) continue;
            const nested = [...child.children].filter(inner => /^(UL|OL)$/.test(inner.nodeName));
            const text = [...child.childNodes].filter(inner => !nested.includes(inner))
                .map(inner => blocks.has(inner.nodeName) ? line(inner) : inline(inner)).join(' ').replace(/\s+/g, ' ').trim();
            lines.push('    '.repeat(depth) + (node.nodeName === 'OL' ? `${number++}. ` : '- ') + text);
            for (const inner of nested) lines.push(list(inner, depth + 1));
        }
        return lines.join('\n');
    };
    /* Word's own lists are paragraphs that look like it. */
    const wordList = node => {
        const style = (node.getAttribute('style') || '') + ' ' + node.className;
        if (!/mso-list:\s*l\d|MsoListParagraph/i.test(style)) return null;
        const level = Number((style.match(/level(\d)/) || [])[1] || 1);
        const raw = squeezed(node.textContent);
        const text = line(node).replace(listMark, '').replace(/^\d{1,3}\\?[.)]\s+/, '');
        const number = raw.match(numberMark);
        return '    '.repeat(level - 1) + (number ? `${number[1]}. ` : '- ') + text;
    };
    const markdown = (parent, out = []) => {
        let run = '';
        const flush = () => { const text = run.trim(); if (text) out.push(plainStart(text)); run = ''; };
        for (const node of parent.childNodes) {
            if (node.nodeType === Node.ELEMENT_NODE && isHidden(node)) continue;
            if (node.nodeType !== Node.ELEMENT_NODE || !blocks.has(node.nodeName)) { run += inline(node); continue; }
            flush();
            const heading = node.nodeName.match(/^H([1-6])$/);
            const wordHeading = (node.className || '').match?.(/^MsoHeading(\d)|^Overskrift(\d)/i);
            const own = heading || wordHeading ? line(node).replace(/\\\n/g, ' ').replace(/\*\*/g, '') : '';
            if (heading || wordHeading) { if (own) out.push('#'.repeat(Number(heading ? heading[1] : wordHeading[1] || wordHeading[2])) + ' ' + own); }
            else if (/^(UL|OL)$/.test(node.nodeName)) out.push(list(node));
            else if (node.nodeName === 'TABLE') out.push(table(node));
            else if (node.nodeName === 'HR') out.push('***');
            else if (node.nodeName === 'PRE') out.push('```\n' + node.textContent.replace(/\n$/, '') + '\n```');
            else if (node.nodeName === 'BLOCKQUOTE') out.push(markdown(node).join('\n\n').replace(/^/gm, '> '));
            else {
                const entry = wordList(node);
                if (entry !== null) {
                    const isNext = out.length && /^\s*(- |\d+\. )/.test(out[out.length - 1].split('\n').pop());
                    if (isNext) out[out.length - 1] += '\n' + entry; else out.push(entry);
                } else if ([...node.children].some(child => blocks.has(child.nodeName))) markdown(node, out);
                else { const text = line(node); if (text) out.push(plainStart(text)); }
            }
        }
        flush();
        return out;
    };
    const hasStructure = root => root.querySelector('h1,h2,h3,h4,h5,h6,ul,ol,table,b,strong,i,em,a[href],blockquote,[style*="mso-list"],[style*="bold"]');
    for (const field of document.querySelectorAll('textarea[data-paste]')) {
        const told = document.createElement('span');
        told.className = 'hint';
        told.setAttribute('role', 'status');
        field.after(told);
        field.addEventListener('paste', event => {
            const html = event.clipboardData?.getData('text/html');
            if (!html) return;
            const root = new DOMParser().parseFromString(html, 'text/html').body;
            if (!hasStructure(root)) return;
            const text = markdown(root).filter(Boolean).join('\n\n');
            if (!text) return;
            event.preventDefault();
            field.focus();
            /* As if it had been typed, so that the browser can undo it. */
            if (!document.execCommand('insertText', false, text)) field.setRangeText(text, field.selectionStart, field.selectionEnd, 'end');
            told.textContent = field.dataset.paste;
        });
    }

    /* Order by dragging; the buttons beside do the same. */
    for (const order of document.querySelectorAll('[data-order]')) {
        const form = document.getElementById(order.dataset.order);
        if (!form) continue;
        const rows = () => [...order.children];
        const numbers = () => rows().map(row => row.dataset.item).join(' ');
        for (const row of rows()) {
            const handle = document.createElement('span');
            handle.className = 'handle';
            handle.setAttribute('aria-hidden', 'true');
            handle.textContent = '⠿';
            row.prepend(handle);
            handle.addEventListener('pointerdown', event => {
                if (event.button !== 0) return;
                event.preventDefault();
                const before = numbers();
                row.classList.add('moving');
                const move = event => {
                    const place = rows().find(other => {
                        const box = other.getBoundingClientRect();
                        return other !== row && event.clientY < box.top + box.height / 2;
                    });
                    if ((place || null) !== row.nextElementSibling) order.insertBefore(row, place || null);
                };
                const end = event => {
                    for (const [name, listener] of listeners) document.removeEventListener(name, listener);
                    row.classList.remove('moving');
                    if (event.type === 'pointercancel') {
                        for (const number of before.split(' ')) order.append(rows().find(other => other.dataset.item === number));
                    } else if (numbers() !== before) {
                        form.elements.order.value = numbers();
                        form.submit();
                    }
                };
                /* Of the whole page: a row that is moved within it loses what it had captured. */
                const listeners = [['pointermove', move], ['pointerup', end], ['pointercancel', end]];
                for (const [name, listener] of listeners) document.addEventListener(name, listener);
            });
        }
    }

    /* Waiting for the intake. */
    for (const progress of document.querySelectorAll('[data-events]')) {
        const events = new EventSource(progress.dataset.events);
        events.addEventListener('message', () => { events.close(); location.reload(); });
    }
})();
