//! The most frequent words of each language.
//!
//! A form that only resembles a name (inflected, misspelt) is spared when it is one of these:
//! Italian `anni` is a form of Anna in Polish and "years" in every other Italian sentence. A word
//! that *equals* a name is never spared. Folded spelling, as in the texts they are compared with.

use std::{collections::HashSet, sync::LazyLock};

type Words = HashSet<&'static str>;

static POLISH: LazyLock<Words> = LazyLock::new(|| POLISH_WORDS.split_whitespace().collect());
static GERMAN: LazyLock<Words> = LazyLock::new(|| GERMAN_WORDS.split_whitespace().collect());
static FRENCH: LazyLock<Words> = LazyLock::new(|| FRENCH_WORDS.split_whitespace().collect());
static ITALIAN: LazyLock<Words> = LazyLock::new(|| ITALIAN_WORDS.split_whitespace().collect());
static ENGLISH: LazyLock<Words> = LazyLock::new(|| ENGLISH_WORDS.split_whitespace().collect());

/// Whether a folded word is among the most frequent of the language. For a language without a
/// list no word is.
pub(super) fn is_frequent(word: &str, language: &str) -> bool {
    let words = match language {
        "pl" => &POLISH,
        "de" => &GERMAN,
        "fr" => &FRENCH,
        "it" => &ITALIAN,
        "en" => &ENGLISH,
        _ => return false,
    };
    words.contains(word)
}

const POLISH_WORDS: &str = "
ale albo aby bardzo bardziej bedzie beda bede bedziemy byc byla bylo byly bylem bylam bysmy choc
chce chcemy chcial chciala chcialbym chcialabym chwila chwile chwili cala cale calej calego cos
ktos czas czasu czasie czesc czesci czesto czyli czego czemu dalej dla dlaczego dlatego dane danych
dobra dobre dobrze dobry dobrego dobrej dopiero dosc droga drodzy drogi drugi druga drugie drugiej
dwa dwie dwoch duzo duze duza duzy dzieki dzien dnia dni dzis dzisiaj dziekuje dziekujemy
firma firmy forma formy formie godzina godziny glos glosu grupa grupy grupie gdzie gdyby ich idzie
idziemy ide ile ilosc inne inny inna innych jaka jakie jaki jakis jako jak jej jego jeden jedna
jedno jednak jednej jednego jest jestem jestesmy jesli jezeli jeszcze juz kazdy kazda kazde kazdego
kiedy kilka koniec koncu kolej kolejny kolejna kolejne krotko ktora ktore ktory ktorych ktorym
ktorej ktorego kwestia kwestie latwo lata lat lepiej lepsze ludzi ludzie liczba mai maja mam mamy
male malo mala maly mapa mapka marka marki marke marzec marca masz mial miala mialem miec miejsce
miejsca miesiac mnie mniej moga moge moze mozemy mozna moja moje moj mowic mowi mowie mowimy
musi musimy musze mysle mysli nad nam nami nasz nasza nasze naszej naszego nastepny nastepnie
natomiast nawet nich nie niech niego niej niektore nigdy nikt nic niz nowa nowe nowy nowej nowego
nowych numer obok ode oni ona one ono oto oraz osoba osoby osob ostatni ostatnia ostatnie panie
pani pan panstwo panstwa pana panu para pary pewnie pierwszy pierwsza pierwsze pierwszej piec plan
planu plany pola pole polu pod podczas pokaze pokazac poniewaz potem potrzeba praca prace pracy
pracuje prawda prawie prawo prosze prosty prosta proste projekt projektu przed przede przez przy
przyklad przykladu pytania pytanie pytan razem raz razy rola role roli rok roku rowniez rzecz
rzeczy rzeczywiscie sam sama same samo sie sobie soba sale sala sali sprawa sprawy sprawie stan
stany stanie strona strony stronie stad swoja swoje swoj system systemu szkola szkole szkolenie
szkolenia tak taka takie taki takich takze tam tego tej temat tematu tematy temu ten teraz tez tam
trzeba trzy tutaj tylko tym tych uwaga uwage uwagi wam wami was wasz wasze wersja wersji wiec
wiecej wiele wielu wiem wiemy wie widac widze widzi widzimy wlasnie wraz wszystko wszystkie
wszystkich wszyscy wszystkim wtedy zaczynamy zaczac zadanie zadania zanim zapraszam zawsze zeby
zostanie zostal zostala zrobic znaczy znowu zycie zycia dom domu domy dama idea idei
kara kary kola kole kolo maj mama mamo mina miny miara miare mowa mowy olej
rano rana rany roza roze tata tomu tom tony tona wina winy wiara wiare wola woli zona zony
";

const GERMAN_WORDS: &str = "
aber alle allen alles allem aller allerdings also andere anderen anderer anders anfang arbeit
arbeiten auch auf aus ausserdem bald bei beide beiden beim beispiel bereits besonders besser beste
besten bereich bild bilder bis bitte bleiben bleibt braucht brauchen bringen dabei dadurch dafur
damit danach danke dann daran darauf daraus darin daruber darum das dass daten davon dazu dein
deine dem den denen denke denken denn der deren derer des deshalb dessen deutlich dich die diese
diesem diesen dieser dieses dinge doch dort drei dritte durch durfen eben ebenfalls eigentlich ein
eine einem einen einer eines einfach einige einigen einmal ende endlich entweder erst erste ersten
erster etwa etwas euch euer eure fall falle fast fertig finde finden findet firma folgende folgen
frage fragen freue fruher fur ganz ganze ganzen gab geben gegen gehen geht gemacht genau genug
gerade gerne gesagt gestern gewesen gibt gleich gross grosse grossen grosser grund gruppe gut gute
guten guter habe haben hallo halt hatte hatten hause heisst heissen heute herr herrn herzlich hier
hinter hoch hohe hohen ihm ihn ihnen ihr ihre ihrem ihren ihrer immer indem insgesamt ist jahr
jahre jahren jede jedem jeden jeder jedes jedoch jemand jetzt kann kannst kein keine keinen keiner
klar klein kleine kleinen kleiner kommen kommt konnen konnte konnten kurz kurze lang lange langen
langer langsam lassen laufen lauft leben legen leicht leider letzte letzten leute lieber liegt
linie links machen macht mal man manche mehr mein meine meinem meinen meiner meist meisten mensch
menschen mich minute minuten mir mit mitte mochte mochten moglich moglichkeit monat morgen muss
mussen musste nach nachste nachsten namen namlich naturlich neben nehmen nein neue neuen neuer
nicht nichts nie niemand noch nun nur oben oder oft ohne paar personen plan platz probleme problem
projekt punkt punkte rechts recht richtig rolle runde sache sachen sagen sagt schauen schluss
schnell schon schone schonen schritt schritte sehen sehr seht sei seien sein seine seinem seinen
seiner seit seite seiten selber selbst setzen sich sicher sie sind sofort sogar solche soll sollen
sollte sollten sonst spater sprechen stadt stand stehen steht stelle stellen stunde stunden suche
tag tage tagen teil teile thema themen tun uber uberhaupt uns unser unsere unserem unseren unserer
unten unter viel viele vielen vielleicht vier voll vom von vor vorher wahrend wann war ware waren
warten warum was weg wegen weil weise weiss weit weiter weitere weiteren welche welchen welcher
wenig wenige weniger wenn wer werde werden werdet wert werte wichtig wichtige wie wieder will wir
wird wirklich wissen wochen woche wollen wollte wort worte wurde wurden zahl zahlen zehn zeigen
zeigt zeit zeiten ziel ziele ziemlich zuerst zum zunachst zur zuruck zusammen zwar zwei zweite
zweiten zwischen meister meines mark marken marke marz karte karten wege wagen sonne tanne
";

const FRENCH_WORDS: &str = "
afin agit ailleurs ainsi alors annee annees apres assez aucun aucune aujourd aura aussi autant
autre autres avait avant avec avez avoir avons beaucoup bien bientot bon bonne bonjour bonsoir but
cadre car cas cela celle celles celui cent certain certaine certaines certains ces cet cette ceux
chacun chaque chez chose choses cinq clair claire comme comment compte conte contre cote cours
dans debut deja demain depuis dernier derniere derriere des desormais deux devant devoir dire dit
dite doit doivent donc donne donner dont duree elle elles encore enfin ensemble ensuite entre
environ est etaient etait etant etat ete etes etre eux exemple facon faire fais faisons fait faites
faut femme femmes fin fois font forme forte genre gens grand grande grandes grands gros groupe
haut heure heures hier homme hommes ici idee idees ils important importante jamais jour journee
jours jusque juste laisse laquelle leur leurs lieu ligne loin long longue lors lorsque lui lundi
madame mai main maintenant mais maison mal malgre marche marcher mardi mars matin mauvais meilleur
meme memes merci mes mesure mettre mieux mise mode moi moins mois moment monde monsieur mot mots
moyen niveau nom nombre non nos notre nous nouveau nouvelle nouvelles nuit objet oui ouvert par
parce parler parole part partie partir parties pas passe passer pays pendant penser permet personne
personnes petit petite petits peu peut peuvent peux place plan plus plusieurs plutot point pour
pourquoi pourra pouvez pouvoir pouvons premier premiere prendre pres presque prix probleme
prochain prochaine projet propos propre puis puisque quand quatre que quel quelle quelles quelque
quelques quelqu question questions qui quoi rapport reponse reste rester rien sais salle salles
sans savoir sera seront ses seul seule seulement sinon six soir soit sommes son sont sorte sous
souvent suis suite sujet sujets sur surtout sens simple simplement tant tard tel telle tellement
temps tenir terme tete toujours tous tout toute toutes tres trois trop trouve trouver une vais
valeur vendredi venir vers veut veux ville voici voila voir vois vont vos votre vous voyez vrai
vraiment vie vite jeudi samedi mercredi dimanche maire mariage marque malin mare merle
";

const ITALIAN_WORDS: &str = "
abbiamo abbia alcuni alcune alla alle allo allora almeno altra altre altri altro ambito anche
ancora andare andiamo anni anno anzi appena attraverso aver avere avete avuto azienda base basta
bella bello bene breve buon buona buone buongiorno buonasera caro cara cari carta casa case
caso casi certa certo che chi chiaro chiara ciao cinque cioe circa come comunque con conto conti
contro corso corsi cosa cose cosi credo cui dai dal dalla dalle dare dati dato davvero degli dei
del della delle dello dentro deve devo dire diritto dobbiamo dopo domanda domande domani dove
dovra due durante ecco essa essere esso esempio essi fanno fare fase fate fatta fatte fatto finale
fine fino fondo forma forme forse fra gente gia giorno giorni giusto gli grande grandi grazie
gruppo gruppi idea idee ieri importante infatti insieme inoltre invece invito lato lavoro lavori
lei lettera libera libero lui lunga lungo luogo luce loro lunedi mai male mano marca mare marte
martedi marzo media meglio meno mentre mese mesi mezzo mia mie miei mila minuti mio modi modo
molta molte molti molto momento mondo morale nei nel nella nelle nessun nessuno niente noi nome
non nostra nostre nostri nostro notte numero numeri nuova nuove nuovi nuovo oggi ogni ognuno
oppure ora ore ormai ottimo paese parla parlare parlato parlo parte parti partire passo pero
perche per persona persone piccola piccolo pieno piu poca poche pochi poco poi porta porte possa
possiamo posso possono posto potete prego presente prima prime primi primo problema processo
progetto proprio prossima prossimo prova punti punto pure qualche qualcosa qualcuno quale quali
quando quanta quanti quanto quasi quattro quella quelle quelli quello quel questa queste questi
questo qui quindi resto riesco rispetto rosa rosso russo sala sale salve sanno sapere sappiamo
sara sarebbe saranno scelta se sei sempre senso senza sera serata serie serve sia siamo siano
siete simile singola singolo solo soli sola sono sopra sotto spesso stata stati stato stanno
stessa stesse stessi stesso storia strada strade stare sua sue suo suoi tanta tante tanti tanto
tema temi tempo tempi terra terza terzo testo tipo tipi tre troppo tutta tutte tutti tutto ultima
ultimo una uno uomo uomini usare vale valore vedere vediamo vedo venga vera vero verso vista visto
vita volta volte voglio vogliamo volevo vostra vostro vuole mirino
";

const ENGLISH_WORDS: &str = "
able about above actually after again against ago all almost along already also although always
among and another any anyone anything are area around ask asked away back bad base based because
become been before began begin behind being believe below best better between big both bring
business but call called came can cannot care case cases certain certainly change changed changes
clear close come comes coming common could country couple course data day days deal did different
does doing done don down during each early easy either else end enough even evening ever every
everybody everyone everything example face fact family far feel few find fine first five follow
following for form forms forward four friend friends from full further gave general get gets
getting give given gives going gone good got great group groups had half hand hands happen happy
hard has have having hear heard hello help her here herself high him himself his hold home hope
hour hours house how however idea ideas important instead into issue its itself job just keep kind
knew know known large last late later learn least leave left less let level life like likely line
lines list little live local long longer look looking looks lot love made main make makes making
man manage many mark market marks matter may maybe mean means meet meeting member men might mind
mine minute minutes moment money month months more morning most move much must name named names
near need needed needs never new next nice night nine nobody none nor not note nothing now number
numbers off office often okay old once one ones only open order other others our out over own page
part parts past pay people per perhaps person place plan plans play please point points possible
present pretty problem process project public put question questions quick quickly quite rather
read ready real really reason rest result results right role room rose run said sale same sat saw
say saying says second see seem seems seen self sense sent service set seven several shall share
she should show showed shown side simple simply since six slide slides small some somebody someone
something sometimes soon sort speak start started state states still story study such support sure
system take taken takes taking talk team tell ten term terms than thank thanks that the their
theirs them then there these they thing things think third this those though thought three through
time times today together told tomorrow too took top toward tried true try turn two type under
until upon use used useful user users using usually value very view wait walk want wanted wants
was watch way ways webinar week weeks welcome well went were what when where whether which while
white who whole whom whose why will wish with within without woman women word words work worked
working works world would write wrong year years yes yet you young your yours yourself marry merry
march allow annual
";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::fold::fold;

    #[test]
    fn lists_are_in_folded_spelling_and_belong_to_one_language() {
        let lists = [
            POLISH_WORDS,
            GERMAN_WORDS,
            FRENCH_WORDS,
            ITALIAN_WORDS,
            ENGLISH_WORDS,
        ];
        for word in lists.iter().flat_map(|list| list.split_whitespace()) {
            assert_eq!(fold(word), word);
        }
        assert!(is_frequent("anni", "it") && !is_frequent("anni", "pl"));
        assert!(!is_frequent("anni", "xx"));
    }
}
