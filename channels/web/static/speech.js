// Reading aloud and hearing, where the browser can: neither is needed for anything, both are off at first.

const LANGUAGE = "ja-JP";
const Recognition = globalThis.SpeechRecognition ?? globalThis.webkitSpeechRecognition;

export const canRead = "speechSynthesis" in globalThis && "SpeechSynthesisUtterance" in globalThis;
export const canHear = Boolean(Recognition);

/** Read a text aloud in place of what is being read; `ended` is called once, however it ends. */
export function readAloud(text, ended = () => {}) {
  speechSynthesis.cancel();
  const words = new SpeechSynthesisUtterance(text);
  words.lang = LANGUAGE;
  words.rate = 0.9;
  words.voice = speechSynthesis.getVoices().find((voice) => voice.lang.replace("_", "-").startsWith("ja")) ?? null;
  words.addEventListener("end", ended, { once: true });
  words.addEventListener("error", ended, { once: true });
  speechSynthesis.speak(words);
}

export const stopReading = () => speechSynthesis.cancel();

/** Hear one sentence. `heard` gets its words, `ended` is called in any case, with whether there were some. */
export function listenOnce(heard, ended) {
  const hearing = new Recognition();
  let found = false;
  hearing.lang = LANGUAGE;
  hearing.addEventListener("result", ({ results }) => {
    const words = results[0]?.[0]?.transcript?.trim();
    if (!words) return;
    found = true;
    heard(words);
  });
  hearing.addEventListener("end", () => ended(found));
  try {
    hearing.start();
  } catch {
    ended(false);
  }
  return () => hearing.abort();
}
