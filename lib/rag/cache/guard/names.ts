/** Words of the names of countries, large cities, languages and currencies: names even where they are typed without a capital. */
const places: ReadonlySet<string> = new Set(
  `afghanistan albania algeria andorra angola argentina armenia australia austria azerbaijan bahamas bahrain bangladesh
  barbados belarus belgium belize benin bhutan bolivia bosnia botswana brazil brunei bulgaria burundi cambodia cameroon
  canada chile china colombia congo croatia cuba cyprus czechia denmark djibouti dominica ecuador egypt england eritrea
  estonia eswatini ethiopia fiji finland france gabon gambia germany ghana greece grenada guatemala guyana haiti honduras
  hungary iceland india indonesia iran iraq ireland israel italy jamaica japan kazakhstan kenya kiribati korea kosovo kuwait
  kyrgyzstan laos latvia lebanon lesotho liberia libya liechtenstein lithuania luxembourg madagascar malawi malaysia
  maldives mali malta mauritania mauritius mexico micronesia moldova monaco mongolia montenegro morocco mozambique myanmar
  namibia nauru nepal netherlands zealand nicaragua niger nigeria macedonia norway oman pakistan palau palestine panama
  papua paraguay peru philippines poland portugal qatar romania russia rwanda samoa senegal serbia seychelles singapore
  slovakia slovenia somalia spain sudan suriname sweden switzerland syria taiwan tajikistan tanzania thailand tibet togo
  tonga tunisia turkey türkiye turkmenistan tuvalu uganda ukraine emirates uruguay uzbekistan vanuatu vatican venezuela
  vietnam wales scotland yemen zambia zimbabwe uk usa eu europe asia africa america
  amsterdam athens atlanta auckland baghdad bangkok barcelona beijing belgrade berlin bern bogota boston bratislava
  brussels bucharest budapest cairo calgary canberra chicago cologne copenhagen dallas delhi denver detroit dubai dublin
  edinburgh frankfurt geneva glasgow hamburg hanoi havana helsinki houston istanbul jakarta jerusalem johannesburg kyiv
  lagos lima lisbon liverpool london lyon madrid manchester manila marseille melbourne miami milan montreal moscow mumbai
  munich nairobi naples orlando osaka oslo ottawa paris philadelphia phoenix prague quito reykjavik riga rome rotterdam
  seattle seoul shanghai singapore sofia stockholm sydney tallinn tehran tokyo toronto valencia vancouver venice vienna
  vilnius warsaw wellington zagreb zurich
  arabic bengali cantonese chinese czech danish dutch english finnish french german greek hebrew hindi hungarian italian
  japanese korean mandarin norwegian polish portuguese romanian russian spanish swedish thai turkish ukrainian vietnamese
  bitcoin ethereum zloty krona krone rouble ruble rupee peso`.split(/\s+/),
);

/** Whether a word in lower case is part of such a name. */
export function isPlaceName(word: string): boolean {
  return places.has(word);
}
