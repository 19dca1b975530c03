/** Words that mean the same wherever a question is asked; each line is one meaning. Never two that can both be asked for. */
export const synonyms: readonly (readonly string[])[] = `
buy purchase
get receive obtain gain
take use
request order
cancel abort
begin start commence
finish complete end
stop quit cease halt
delete remove erase
repair fix mend resolve solve
modify change alter edit amend adjust
increase raise enlarge bigger larger
decrease reduce lower smaller
enable activate
disable deactivate
refund reimburse
cost price fee charge expense
money cash fund
phone telephone mobile smartphone cellphone
car automobile
doctor physician
employee worker
salary wage pay
vacation holiday leave
bag luggage baggage suitcase
flight plane
parcel package shipment
invoice bill
document paper
picture image photo
film movie
client customer
colleague coworker
boss supervisor
apartment flat
house home
shop store
trip journey
country nation
usa america
abroad overseas
purchase order
use utilise utilize employ
rent hire
require need necessary compulsory mandatory
reject decline refuse deny
accept approve
arrive come deliver
deliver ship
transfer send wire
wait await
pending outstanding
fail unsuccessful
error fault bug
fast quick rapid speedy
slow sluggish
big large huge
small little tiny
cheap inexpensive affordable
expensive pricey costly
near close nearby
sick ill
additional extra further more
multiple several
auto automatic
function work
live reside
base basis
restriction limit
convert exchange
swap switch change
current present
certain specific
actual real
calculate compute determine
mistake error
prevent stop avoid
duplicate twice double
program programme
different various
strange weird odd unusual unexpected
incorrect wrong mistaken
correct right
free complimentary gratis
secure safe
verify confirm validate
identity id
locate find
access reach
view see display show
permit allow
purpose point
explain describe
duplicate double twice
copy duplicate
attach append
upload submit
submit send
pay cost
take bring carry
retrieve fetch
choose select pick
speak talk
select pick
depart leave
eligible entitled qualify
legal lawful
illegal unlawful
file folder
app application
website site
maximum max
minimum min
limit cap
minimise minimize
organise organize
authorise authorize
colour color
centre center
licence license
cheque check
maths math
autumn fall
inside in
remain stay
restart reboot
screen display monitor
wifi wireless
email mail
photo picture
advert ad
repeat redo
lend loan
damage break
keep retain
join enter
own possess
assist help support
provide offer supply
own have
steal rob
misplace lose
expire lapse
renew extend
child kid
`
  .trim()
  .split('\n')
  .map((line) => line.split(' '));
