// @ts-check
// Whether the room is being recorded: seen at the top and in the title of the tab, heard when it begins
// and ends, and asked about where somebody has not answered yet.

import { text, the } from './api.js';
import { write } from './room-list.js';
import { wasReloaded } from './room-memory.js';
import { play } from './room-sound.js';
import { isRecorded, unanswered } from './room-state.js';

/** @typedef {import('./room-session.js').Session} Session */
/** @typedef {import('./room-state.js').State} State */

/** What stands at the top. @param {State} state */
function wordOf({ room }) {
  if (room.is_end_to_end) return 'recordingSealed';
  if (!room.notice) return 'recordingNever';
  return room.is_recording ? 'recordingOn' : 'recordingOff';
}

/**
 * @param {HTMLElement} root
 * @param {Session} session
 * @param {import('./room-notice.js').Notice} notice
 * @param {import('./room-panels.js').Panels} panels
 * @param {(words: string) => void} speak
 */
export function recording(root, session, notice, panels, speak) {
  const sign = the('recording', HTMLElement);
  const ask = the('banner-ask', HTMLElement);
  const { title } = document;
  /** Somebody wants to answer later. */
  let isPutOff = false;

  const draw = () => {
    const { state } = session;
    const isInside = state.phase === 'inside';
    const isOn = isInside && state.room.is_recording;
    sign.hidden = !isInside;
    sign.classList.toggle('on', isOn);
    write(the('recording-words', HTMLElement), text(root, wordOf(state)));
    document.title = isOn ? `● ${text(root, 'recordingOn')} · ${title}` : title;
    notice.tell(isOn ? text(root, isRecorded(state) ? 'ofYou' : 'notOfYou') : '');
    const open = unanswered(state);
    ask.hidden = !isOn || isPutOff || open.length === 0 || panels.open === 'notice';
    write(the('ask-purposes', HTMLElement), open.map((purpose) => notice.nameOf(purpose)).join(', '));
  };

  /** @param {any} message @param {State} before */
  const announce = (message, before) => {
    const was = before.phase === 'inside' && before.room.is_recording;
    const { phase, room } = session.state;
    const is = room.is_recording;
    // Whoever goes hears no end of it.
    if (phase !== 'inside' || was === is) return;
    isPutOff = false;
    const hasBegun = message.type === 'welcome' ? 'recordingOn' : 'started';
    speak(text(root, is ? hasBegun : 'stopped'));
    play(is ? 'started' : 'stopped');
  };

  /** Another notice than the one that was shown before is shown, and the server is told so. */
  const renew = () => {
    const { phase, room } = session.state;
    if (phase !== 'inside') return;
    if (!room.notice || room.notice.id === notice.id) return;
    if (notice.id === '') {
      // The page was made for a room without recording. Nobody is recorded who was not told.
      if (!wasReloaded()) window.location.reload();
      return;
    }
    notice.fill(room.notice);
    session.say({ type: 'noticed', notice: room.notice.id });
    panels.draw('notice');
  };

  session.addEventListener('change', (event) => {
    const { message, before } = /** @type {import('./room-session.js').Change} */ (event).detail;
    renew();
    announce(message, before);
    if (message.type === 'consents') notice.show(session.state.consents);
    draw();
  });
  panels.addEventListener('change', draw);
  notice.onAnswer((purpose, given) => {
    if (session.state.phase === 'inside') session.say({ type: 'consent', purpose, given, notice: notice.id });
  });
  ask.addEventListener('click', ({ target }) => {
    const button = target instanceof Element ? target.closest('button') : null;
    if (!button) return;
    if (button.dataset.act === 'answer') panels.show('notice');
    else {
      isPutOff = true;
      the('tool-notice', HTMLButtonElement).focus();
    }
    draw();
  });
}
