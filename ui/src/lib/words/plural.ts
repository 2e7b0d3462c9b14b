type Forms = { other: string } & Partial<Record<Intl.LDMLPluralRule, string>>;

/** Picks the form that a language has for a number; `#` stands for the number as the language writes it. */
export function plurals(language: string): (n: number, forms: Forms) => string {
  const rules = new Intl.PluralRules(language);
  const digits = new Intl.NumberFormat(language);
  return (n, forms) => (forms[rules.select(n)] ?? forms.other).replaceAll("#", digits.format(n));
}
