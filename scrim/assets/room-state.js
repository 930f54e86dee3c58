// @ts-check
// What a page knows of a room. Messages of the server go in, and out comes what there is to show. It has
// no clock, no socket and no page.

/** @typedef {'host' | 'presenter' | 'attendee'} Seat */
/** @typedef {'microphone' | 'camera' | 'screen' | 'screen_sound'} TrackSource */
/** @typedef {'camera' | 'screen' | 'voice' | 'chat' | 'transcript'} Purpose */

/**
 * @typedef {object} Person
 * @property {string} id
 * @property {string} label the name, or the initials where the viewer may not see more
 * @property {string} initials
 * @property {Seat} seat
 * @property {Partial<Record<TrackSource, boolean>>} sends `false` is muted
 * @property {boolean} has_hand_up
 * @property {boolean} is_away
 * @property {boolean} is_recorded
 * @property {number | null} breakout which one, for hosts
 */

/**
 * @typedef {object} Notice
 * @property {string} id
 * @property {string} controller
 * @property {string} contact
 * @property {string} purpose
 * @property {string} audience
 * @property {number} days
 * @property {'explicit' | 'inform'} rule
 * @property {boolean} can_refuse
 */

/**
 * @typedef {object} Room
 * @property {string} title
 * @property {boolean} is_locked
 * @property {boolean} is_recording
 * @property {Notice | null} notice none where nothing can be recorded
 * @property {boolean} is_end_to_end
 * @property {boolean} is_stage_open
 * @property {boolean} are_people_shown
 * @property {{ name: string, is_recorded: boolean, count: number }[]} breakouts
 * @property {number | null} breakout
 */

/** @typedef {{ index: number, medium: 'audio' | 'video', participant: string, source: TrackSource }} Slot */
/** @typedef {{ from: string, label: string, text: string, at: number }} Line */

/**
 * @typedef {object} State
 * @property {'outside' | 'waiting' | 'inside' | 'refused' | 'ended' | 'left' | 'gone'} phase
 * @property {string} refusal why, while refused
 * @property {string} you
 * @property {Seat} seat
 * @property {string} secret what brings the page back
 * @property {Room} room
 * @property {RTCIceServer[]} iceServers
 * @property {Person[]} people
 * @property {number} count how many there are, those that are not shown included
 * @property {{ waiting: Person[], hands: string[] }} hosting
 * @property {Slot[]} slots
 * @property {string[]} speaking
 * @property {Line[]} chat
 * @property {Partial<Record<Purpose, boolean>>} consents
 * @property {number | null} endsIn all hosts are gone, and it ends after so many seconds
 */

/** @type {Purpose[]} */
export const PURPOSES = ['camera', 'screen', 'voice', 'chat', 'transcript'];

/** Lines of chat that are kept. */
const MOST_LINES = 500;

/** @returns {State} */
export function outside() {
  return {
    phase: 'outside',
    refusal: '',
    you: '',
    seat: 'attendee',
    secret: '',
    room: {
      title: '',
      is_locked: false,
      is_recording: false,
      notice: null,
      is_end_to_end: false,
      is_stage_open: false,
      are_people_shown: false,
      breakouts: [],
      breakout: null,
    },
    iceServers: [],
    people: [],
    count: 0,
    hosting: { waiting: [], hands: [] },
    slots: [],
    speaking: [],
    chat: [],
    consents: {},
    endsIn: null,
  };
}

/** What each message changes. Messages that change nothing here are not listed. */
const STEPS = new Map(Object.entries({
  waiting: () => ({ phase: 'waiting' }),
  refused: (/** @type {any} */ message) => ({ phase: 'refused', refusal: message.reason }),
  ended: () => ({ phase: 'ended' }),
  room: (/** @type {any} */ { type, ...room }) => ({ room }),
  slots: (/** @type {any} */ { slots }) => ({ slots }),
  seat: (/** @type {any} */ { seat }) => ({ seat, hosting: { waiting: [], hands: [] } }),
  hosting: (/** @type {any} */ { waiting, hands }) => ({ hosting: { waiting, hands } }),
  speaking: (/** @type {any} */ { people }) => ({ speaking: people }),
  consents: (/** @type {any} */ { consents }) => ({ consents }),
  hosts_gone: (/** @type {any} */ message) => ({ endsIn: message.ends_in }),
  hosts_back: () => ({ endsIn: null }),
  people: (/** @type {any} */ { people, count }) => ({ people, count }),
  chat: (/** @type {any} */ { type, ...line }, /** @type {State} */ state) => ({
    chat: [...state.chat, line].slice(-MOST_LINES),
  }),
  moved: (/** @type {any} */ { breakout }, /** @type {State} */ state) => ({
    room: { ...state.room, breakout },
  }),
}));

/** @param {State} state @param {any} message @returns {State} */
function welcomed(state, message) {
  const { you, seat, secret, room, ice_servers: iceServers } = message;
  // Somebody new has read what the page has shown before.
  const before = state.you === you ? state : { ...outside(), chat: state.chat };
  // Whoever is back is told of hosts that are gone anew, if they still are.
  return { ...before, phase: 'inside', you, seat, secret, room, iceServers, endsIn: null };
}

/**
 * Returns what is known after a message.
 * @param {State} state
 * @param {any} message
 * @returns {State}
 */
export function apply(state, message) {
  if (message.type === 'welcome') return welcomed(state, message);
  const step = STEPS.get(message.type);
  return step ? { ...state, .../** @type {any} */ (step)(message, state) } : state;
}

/** @param {State} state */
export const isHost = (state) => state.seat === 'host';

/** Whether the person may send media. @param {State} state */
export const maySend = (state) => state.seat !== 'attendee' || state.room.is_stage_open;

/** @param {State} state @param {string} id */
export const personOf = (state, id) => state.people.find((one) => one.id === id);

/** Those in the same place. Only hosts see others at all. @param {State} state */
export function near(state) {
  const { breakout } = state.room;
  return isHost(state) ? state.people.filter((one) => one.breakout === breakout) : state.people;
}

/** @param {State} state @param {Seat} seat */
export const seated = (state, seat) => state.people.filter((one) => one.seat === seat);

/** How many are there whom the person is not shown. @param {State} state */
export const unseen = (state) => Math.max(0, state.count - state.people.length);

/** Whether anything of the person is being recorded. @param {State} state */
export const isRecorded = (state) => personOf(state, state.you)?.is_recorded ?? false;

/** Purposes without an answer, where there is something to answer. @param {State} state */
export function unanswered(state) {
  return state.room.notice ? PURPOSES.filter((purpose) => !(purpose in state.consents)) : [];
}

/**
 * @typedef {object} Face
 * @property {Person} person
 * @property {number | null} slot where the picture is; none for a plate with initials
 * @property {boolean} isOwn
 * @property {boolean} isSpeaking
 */

/**
 * The people in the picture: oneself, whoever is in a slot or speaks, and those on the stage.
 * @param {State} state
 * @param {number} most
 * @returns {Face[]}
 */
export function faces(state, most) {
  const cameras = new Map(state.slots
    .filter((slot) => slot.source === 'camera')
    .map((slot) => [slot.participant, slot.index]));
  const face = (/** @type {Person} */ person) => ({
    person,
    slot: person.id === state.you ? null : cameras.get(person.id) ?? null,
    isOwn: person.id === state.you,
    isSpeaking: state.speaking.includes(person.id),
  });
  // Attendees that only listen are no part of the picture.
  const isThere = (/** @type {Face} */ { person, slot, isOwn, isSpeaking }) => isOwn
    ? maySend(state)
    : slot !== null || isSpeaking || person.seat !== 'attendee' || Object.keys(person.sends).length > 0;
  const rank = (/** @type {Face} */ one) => (one.isOwn ? 0 : one.slot !== null ? 1 : 2);
  const all = near(state).map(face).filter(isThere);
  // Sorting keeps the order of equals.
  return all.sort((one, other) => rank(one) - rank(other)).slice(0, most);
}

/** The screens that are shared. @param {State} state @returns {{ slot: Slot, label: string }[]} */
export function screens(state) {
  return state.slots
    .filter((slot) => slot.source === 'screen')
    .map((slot) => ({ slot, label: personOf(state, slot.participant)?.label ?? '' }));
}
