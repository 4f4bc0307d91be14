/** Longest line that generated code has, unless something in it cannot be broken. */
export const LINE_WIDTH = 140

/** Chinese, Japanese and Korean take two columns. So do emoji, whose length is two already. */
const WIDE = /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6]/g

/** Columns that a line of text takes in a terminal or an editor. */
export const displayWidth = (text: string): number => text.length + (text.match(WIDE)?.length ?? 0)
