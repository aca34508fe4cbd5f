// Writes amounts as the server writes them: its own zero is the pattern, the page's language counts.

/** Return a writer of amounts in minor units; `zero` is how the server wrote nothing at all. */
export function moneyWriter(zero, language) {
  const figures = zero.match(/\d[\d.,]*/)[0];
  const decimals = (figures.match(/[.,](\d+)$/) || ["", ""])[1].length;
  const number = new Intl.NumberFormat(language === "ro" ? "ro-RO" : "en-GB", {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
  return (minor) => zero.replace(figures, () => number.format(minor / 10 ** decimals));
}

/** Return [gross, fee, tax] of lines of ticket type and seat kind; `prices` is the server's table. */
export function sum(prices, lines) {
  return lines
    .map(({ type, kind }) => prices[type]?.[kind] ?? [0, 0, 0])
    .reduce((total, line) => total.map((amount, at) => amount + line[at]), [0, 0, 0]);
}

/** Write the sums into every place of `root` that shows one. */
export function showSums(root, [gross, fee, tax], money) {
  const shown = { price: gross - fee, fee, gross, tax };
  for (const place of root.querySelectorAll("[data-sum]")) {
    place.textContent = money(shown[place.dataset.sum]);
  }
}
