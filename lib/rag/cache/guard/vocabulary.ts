/** Words that shape a sentence and name nothing. */
export const functionWords = wordSet(`
  a an the this that these those some any each every both either all such same own other another
  i me my mine myself you your yours yourself he him his she her hers it its itself we us our ours they them their
  am is are was were be been being do does did done doing have has had having
  can could may might must shall should will would
  and or but if then than as so because while though although whether
  of at by for with despite about into onto to from in on upon through during per via among between within along across toward
  what which who whom whose when where why how
  there here also too just even very really quite only again already yet still ever please
  ok okay hi hello hey thanks thank dear well oh now anyway actually currently
  s t re ve ll m d ask someone something anything anyone somebody anybody thing one`);

/** Words of asking: they dress a question up, and any of them can stand for any other. */
export const askingWords = wordSet(`
  tell know explain understand wonder advise inform let wanna gonna say state describe clarify learn show guide walk answer reply
  respond want like wish hope need help assist assistance try able possible possibility allow permit way ways manner
  method process procedure step instruction guidance question info information detail idea sure curious interested
  reason cause mean meaning think believe guess suppose opinion seem appear look find see notice check happen go come
  exactly possibly basically simply properly kind sort type exist available immediately quickly soon asap urgent urgently
  long time period duration amount much many lot few often good best well fine right proper normal usual usually typically
  generally normally new still far yes no maybe perhaps sometimes always issue problem trouble error matter case
  situation fact person people place suddenly recently recent definitely apparently entirely pretty ago couple once
  anymore previously however though quick everything everyone everybody alright back away forth else whatever whenever wherever
  anywhere somewhere finally certainly completely fully afterwards lately meanwhile therefore besides stuff`);

/** Verbs with little meaning of their own. What stands in their place, all else being the same, is another question. */
export const lightWords = wordSet(
  'get receive obtain gain give make put take use keep call name list request contact bring',
);

/** Pairs of little words that say the opposite of each other. */
export const opposedParticles: readonly (readonly [string, string])[] = [
  ['off', 'on'],
  ['out', 'in'],
  ['down', 'up'],
  ['outside', 'inside'],
  ['before', 'after'],
  ['against', 'for'],
  ['since', 'until'],
  ['all', 'some'],
  ['my', 'your'],
];

/**
 * Opposites: one on each side makes another question. Of words that are not weighty by themselves nothing else would tell; of
 * the others it says that no likeness of the questions overrules it.
 */
export const opposites: readonly (readonly [string, string])[] = pairs(`
  show hide allow block allow prevent permit block permit prevent come leave go stay put remove keep discard keep delete
  new old new used good bad far near long short many few much little often rarely often seldom always rarely always
  seldom right left quickly slowly quick slow soon late like dislike best worst well badly help harm learn teach
  enable disable activate deactivate open close lock unlock mute unmute install uninstall subscribe unsubscribe join leave
  connect disconnect upload download upgrade downgrade import export encrypt decrypt deposit withdraw buy sell borrow lend
  increase decrease raise lower start stop begin end arrive depart accept reject approve reject send receive hire fire
  credit debit push pull add remove`);

/** Such pairs that set a bound to an amount. */
export const opposedBounds: readonly (readonly [string, string])[] = [
  ['below', 'above'],
  ['under', 'over'],
];

/** Forms that no rule of stemming leads back to their verb or noun. */
export const irregularForms: ReadonlyMap<string, string> = new Map(
  pairs(`
  bought buy sold sell sent send paid pay lost lose stole steal stolen steal took take taken take gave give given give
  made make got get gotten get went go gone go came come saw see seen see found find told tell said say knew know
  known know wrote write written write chose choose chosen choose broke break broken break spoke speak spoken speak
  kept keep left leave held hold began begin begun begin forgot forget forgotten forget withdrew withdraw withdrawn
  withdraw withdrawal withdraw flew fly flown fly drove drive driven drive ate eat eaten eat grew grow grown grow
  rose rise risen rise fell fall fallen fall built build spent spend lent lend met meet taught teach caught catch
  brought bring thought think felt feel ran run began begin won win shown show worn wear beaten beat
  children child people person women woman men man feet foot teeth tooth mice mouse lives life wives wife
  delivery deliver deliveries deliver payment pay payments pay arrival arrive receipt receive refusal refuse
  removal remove approval approve renewal renew denial deny proof prove choice choose loss lose sale sell
  identification identity verification verify cancellation cancel registration register application apply
  subscription subscribe explanation explain activation activate installation install configuration configure
  permission permit admission admit payment pay entry enter usage use
  added add adding add adds add tried try tries try marriage marry married marry`),
);

function wordSet(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}

function pairs(text: string): [string, string][] {
  const words = text.trim().split(/\s+/);
  return Array.from({ length: words.length / 2 }, (_, n) => [words[2 * n] ?? '', words[2 * n + 1] ?? '']);
}
