// What the chat itself says, from the page that holds it (`phrases.yml`), and what the page was told to offer.

const config = JSON.parse(document.getElementById("config").textContent);

export const WORDS = config.words;
export const LIMIT = config.limit; // characters in a message
export const TOPICS = config.topics; // what the city's page around the chat is about
export const BEGUN = config.begun; // the conversation that a form of this page is in
export const FIRST = config.first.length ? config.first : config.words.first;

/** A sentence with its {places} filled in. */
export function fill(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (place, name) => {
    const value = values[name] ?? place;
    return typeof value === "number" && value >= 1000 && name !== "year" ? value.toLocaleString("ja") : String(value);
  });
}
