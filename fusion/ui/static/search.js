// @ts-check
// How well a query fits an emoji: the rule of `words_of` and `match` in `fusion/emoji/search.py`, word for word.
globalThis.EFSearch = (() => {
  const LONGEST_QUERY = 100;

  /**
   * The words of a name or query, in lower case, whatever stands between them; "+1", "-1", "#" and "*" are names.
   * @type {(text: string) => string[]}
   */
  const wordsOf = (text) =>
    text.toLowerCase().replace(/['‘’ʼ＇`´]/g, "").match(/[\p{L}\p{N}]+|^[+-](?=1$)|[#*]/gu) ?? [];

  const join = (/** @type {string} */ text) => wordsOf(text).join(" ");
  const list = (/** @type {string} */ text) => (text ? text.split("|") : []);

  /**
   * The words by which an emoji is found. `keywords`, `aliases`: with "|" between them.
   * @type {(name: string, keywords: string, aliases: string) => EmojiWords}
   */
  const known = (name, keywords, aliases) => {
    const [keys, others] = [list(keywords).map(join), list(aliases).map(join)];
    const words = wordsOf(name);
    return {
      name: words,
      nameText: words.join(" "),
      aliases: new Set(others),
      aliasWords: others.map((text) => text.split(" ")),
      keywords: new Set(keys),
      all: [...words, ...[...others, ...keys].flatMap((text) => text.split(" "))],
    };
  };

  /** Whether each of `words` is the beginning of one of `others`. */
  const begin = (/** @type {string[]} */ words, /** @type {string[]} */ others) =>
    words.every((word) => others.some((other) => other.startsWith(word)));

  /**
   * 0: not at all; 7: by name.
   * @type {(words: string[], emoji: EmojiWords) => number}
   */
  const match = (words, emoji) => {
    const text = words.join(" ");
    if (text === emoji.nameText || emoji.aliases.has(text)) return 7;
    if (words.every((word) => emoji.name.includes(word))) return 6;
    if (emoji.keywords.has(text)) return words.some((word) => emoji.name.includes(word)) ? 5 : 4;
    if (begin(words, emoji.name)) return 3;
    if (emoji.aliasWords.some((alias) => begin(words, alias))) return 2;
    return begin(words, emoji.all) ? 1 : 0;
  };

  /**
   * Indices into `emoji`, best first; equals stay in their order.
   * @type {(text: string, emoji: EmojiWords[], limit: number) => number[]}
   */
  const search = (text, emoji, limit) => {
    const words = wordsOf(text.slice(0, LONGEST_QUERY));
    if (!words.length) return [];
    const scored = emoji.map((one, index) => ({ index, score: match(words, one) })).filter(({ score }) => score);
    scored.sort((a, b) => b.score - a.score || a.index - b.index);
    return scored.slice(0, limit).map(({ index }) => index);
  };

  return { wordsOf, known, match, search };
})();
