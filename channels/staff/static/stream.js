// The stream of what changes. It lives as long as the session, and comes back by itself.

const SILENT_MS = 40_000; // the stream beats every 15 seconds: without a beat it is dead
const LOST_MS = 3_000; // away for less than this is not worth a word
const UNSEEN_MS = 60_000; // a hidden tab lets go of its stream: browsers allow few for one site

const parsed = (data) => {
  try {
    return JSON.parse(data);
  } catch {
    return null;
  }
};

export class Stream {
  #source = null;
  #timers = {};
  #over = false;

  /**
   * `address()` is asked at every start; `on` has a function for each kind of event, and `lost(is)`, `out()`.
   * `stays()` tells whether a hidden tab must go on hearing.
   */
  constructor(address, on, stays) {
    this.address = address;
    this.on = on;
    this.stays = stays;
    document.addEventListener("visibilitychange", () => this.#seen());
    addEventListener("online", () => this.#start());
    addEventListener("offline", () => this.#start()); // an open stream may not notice; a new one fails, and tells
    addEventListener("pageshow", ({ persisted }) => persisted && this.#start());
    this.#start();
  }

  #timer(name, ms, act) {
    clearTimeout(this.#timers[name]);
    delete this.#timers[name];
    if (act) this.#timers[name] = setTimeout(act, ms);
  }

  #seen() {
    if (document.hidden) {
      this.#timer("unseen", UNSEEN_MS, () => !this.stays() && this.#source?.close());
    } else {
      this.#timer("unseen");
      if (this.#source?.readyState === EventSource.CLOSED) this.#start();
    }
  }

  #start() {
    if (this.#over) return;
    this.#source?.close();
    const source = new EventSource(this.address());
    this.#source = source;
    this.#losing();
    this.#beat();
    source.addEventListener("open", () => {
      this.#timer("lost");
      this.on.lost(false);
    });
    source.addEventListener("beat", () => this.#beat());
    for (const name of ["queue", "talk", "suggestions"]) {
      source.addEventListener(name, ({ data }) => {
        this.#beat();
        const told = parsed(data);
        if (told) this.on[name]?.(told);
      });
    }
    source.addEventListener("out", () => this.#end(this.on.out));
    source.addEventListener("gone", () => this.#end(this.on.gone));
    source.addEventListener("error", () => {
      if (source !== this.#source) return;
      this.#losing();
      if (source.readyState === EventSource.CLOSED) this.#revive();
    });
  }

  #beat() {
    this.#timer("silent", SILENT_MS, () => this.#start());
  }

  #losing() {
    if (!this.#timers.lost) this.#timer("lost", LOST_MS, () => this.on.lost(true));
  }

  #end(tell) {
    this.#over = true;
    this.#source.close();
    for (const name of Object.keys(this.#timers)) this.#timer(name);
    this.on.lost(false);
    tell?.();
  }

  /** A closed stream does not tell why: nobody is signed in any more, or the server is only away. */
  async #revive() {
    const stop = new AbortController();
    let status = 0;
    try {
      status = (await fetch(this.address(), { signal: stop.signal, headers: { Accept: "text/event-stream" } })).status;
    } catch { /* no answer */ }
    stop.abort();
    if (status === 401) this.#end(this.on.out);
    else if (status === 404) this.#end(this.on.gone);
    else this.#timer("revive", status === 200 ? 500 : 3_000 + Math.random() * 4_000, () => this.#start());
  }
}
