// @ts-check
// The page that takes files: one line each, and each is sent when its button is pressed.

import { messageOf, request, text, the } from './api.js';
import { Upload } from './tus.js';

const root = the('upload', HTMLElement);
const drop = the('drop', HTMLLabelElement);
const list = the('uploads', HTMLUListElement);
const picker = the('files', HTMLInputElement);
const spoken = the('upload-status', HTMLElement);
const template = the('upload-line', HTMLTemplateElement);
const language = document.documentElement.lang;
const endpoint = root.dataset.endpoint ?? '';
const most = Number(root.dataset.most) || Infinity;
const POLL_MS = 1500;

/** How many uploads are on the way: leaving the page would interrupt them. */
let busy = 0;
window.addEventListener('beforeunload', (event) => { if (busy > 0) event.preventDefault(); });

/** @param {number} bytes */
function amount(bytes) {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'];
  const index = bytes < 1 ? 0 : Math.min(4, Math.floor(Math.log10(bytes) / 3));
  return new Intl.NumberFormat(language, {
    style: 'unit', unit: units[index], maximumFractionDigits: index > 0 ? 1 : 0,
  }).format(bytes / 1000 ** index);
}

/** The line of one file. */
class Line {
  /** @param {File} file */
  constructor(file) {
    this.file = file;
    const part = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
    const find = (/** @type {string} */ selector) =>
      /** @type {HTMLElement} */ (part.querySelector(selector));
    this.item = find('li');
    this.title = /** @type {HTMLInputElement} */ (find('.upload-title'));
    this.bar = /** @type {HTMLProgressElement} */ (find('progress'));
    this.state = find('.upload-state');
    this.amount = find('.upload-amount');
    this.error = find('.note');
    this.start = /** @type {HTMLButtonElement} */ (find('.upload-start'));
    this.pause = /** @type {HTMLButtonElement} */ (find('.upload-pause'));
    this.remove = /** @type {HTMLButtonElement} */ (find('.upload-remove'));
    this.go = /** @type {HTMLAnchorElement} */ (find('.upload-go'));
    this.title.value = file.name.replace(/\.[^.]{1,5}$/, '').slice(0, 200);
    this.bar.setAttribute('aria-label', text(root, 'sending'));
    this.say('waiting');
    this.upload = new Upload(file, endpoint, {
      progress: (sent, resumed) => this.progress(sent, resumed),
      retrying: () => this.say('retrying'),
    });
    this.progress(0, false);
    this.start.addEventListener('click', () => this.run());
    this.pause.addEventListener('click', () => {
      if (busy > 0) this.upload.pause();
    });
    this.remove.addEventListener('click', () => {
      this.upload.pause();
      this.item.remove();
      picker.focus();
    });
    if (file.size > most) this.fail(text(root, 'tooLarge'));
    list.append(part);
  }

  /** @param {string} key */
  say(key) {
    const words = text(root, key);
    if (this.state.textContent === words) return;
    this.state.textContent = words;
    spoken.textContent = `${this.title.value}: ${words}`;
  }

  /** @param {number} sent @param {boolean} resumed */
  progress(sent, resumed) {
    this.bar.value = this.file.size > 0 ? (100 * sent) / this.file.size : 0;
    this.amount.textContent = `${amount(sent)} / ${amount(this.file.size)}`;
    if (busy > 0) this.say(resumed ? 'resumed' : 'sending');
  }

  /** @param {string} words */
  fail(words) {
    this.error.textContent = words;
    this.error.hidden = false;
    this.error.setAttribute('role', 'alert');
    this.say('failed');
    this.start.hidden = this.file.size > most;
  }

  async run() {
    this.error.hidden = true;
    this.title.disabled = true;
    this.start.hidden = true;
    this.pause.hidden = false;
    this.pause.focus();
    busy += 1;
    try {
      const url = await this.upload.send(this.title.value.trim());
      if (url) await this.finish(url);
      else {
        this.say('paused');
        this.start.textContent = text(root, 'resume');
        this.start.hidden = false;
      }
    } catch (error) {
      this.fail(messageOf(error, text(root, 'retrying')));
    } finally {
      busy -= 1;
      this.pause.hidden = true;
    }
    if (!this.go.hidden) this.leave();
  }

  /** Goes on by itself where this was the only file. */
  leave() {
    if (list.children.length === 1) window.location.assign(this.go.href);
    else this.go.focus();
  }

  /**
   * Waits until the service has checked and sealed the file.
   * @param {string} url
   */
  async finish(url) {
    this.pause.hidden = true;
    this.remove.hidden = true;
    this.say('finishing');
    this.bar.removeAttribute('value');
    const id = new URL(url).pathname.split('/').filter(Boolean).pop();
    for (;;) {
      const answer = await request('GET', `${endpoint}/${id}`).catch(() => null);
      const upload = answer ? await answer.json() : { state: 'finishing' };
      if (upload.state === 'failed') {
        this.bar.value = 0;
        this.remove.hidden = false;
        this.fail(reasonOf(upload.reason ?? ''));
        return;
      }
      if (upload.state === 'done') {
        this.bar.value = 100;
        this.say('done');
        this.go.href = `/recordings/${upload.recording}/regions`;
        this.go.hidden = false;
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
}

/**
 * What the service found, in words. It says `no_recording`, `damaged` or `refused`.
 * @param {string} reason
 */
function reasonOf(reason) {
  const word = reason.split('_').map((part) => part.charAt(0).toUpperCase() + part.slice(1)).join('');
  return text(root, `reason${word}`) || text(root, 'failed');
}

/** @param {Iterable<File>} files */
function take(files) {
  const lines = [...files].map((file) => new Line(file));
  lines[0]?.title.focus();
}

function takePicked() {
  take(picker.files ?? []);
  picker.value = '';
}

picker.addEventListener('change', takePicked);
// Somebody was faster than this module, or has come back to a page that remembers what was chosen.
takePicked();
for (const kind of ['dragenter', 'dragover']) {
  drop.addEventListener(kind, (event) => { event.preventDefault(); drop.classList.add('over'); });
}
for (const kind of ['dragleave', 'drop']) {
  drop.addEventListener(kind, () => drop.classList.remove('over'));
}
drop.addEventListener('drop', (event) => {
  event.preventDefault();
  take(event.dataTransfer?.files ?? []);
});
