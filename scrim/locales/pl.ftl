# Wszędzie
skip-to-content = Przejdź do treści
language = Język
imprint = Nota prawna
privacy = Prywatność
sign-out = Wyloguj
actions = Działania
save = Zapisz
search = Szukaj
show = Pokaż
remove = Usuń
revoke = Unieważnij
copy = Kopiuj
copied = Skopiowano
never = nigdy
or = lub
name = Imię i nazwisko
email = Adres e-mail
title = Tytuł
untitled = Nagranie bez tytułu
recording = Nagranie
state = Stan
length = Długość
created = Utworzono
expires = Wygasa
expires-on = wygasa { $day }
details = Szczegóły
reason = Powód
reason-if-any = Powód, jeśli chcesz go podać
approver = Kto zatwierdził
on-hold = Zablokowane
next-page = Następna strona
on-this-page = Na tej stronie
needs-modules = Ta strona wymaga JavaScriptu.
unreachable = Serwer nie odpowiada. Nic nie przepadło; spróbuj ponownie.
what-to-do = Co zrobić:
word-unknown = nieznane
keep-all = Zachowaj wszystko
count-recordings = { $count ->
    [one] { $count } nagranie
    [few] { $count } nagrania
    [many] { $count } nagrań
   *[other] { $count } nagrania
 }
count-artefacts = { $count ->
    [one] { $count } plik
    [few] { $count } pliki
    [many] { $count } plików
   *[other] { $count } pliku
 }
count-days = { $count ->
    [one] { $count } dzień
    [few] { $count } dni
    [many] { $count } dni
   *[other] { $count } dnia
 }
count-entries = { $count ->
    [one] { $count } wpis
    [few] { $count } wpisy
    [many] { $count } wpisów
   *[other] { $count } wpisu
 }

# Nawigacja
nav-main = Główna
nav-section = Dział
nav-recordings = Nagrania
nav-upload = Prześlij
nav-protection = Ochrona danych
nav-administration = Administracja
nav-overview = Przegląd
nav-stored = Co jest przechowywane
nav-consents = Zgody
nav-erasures = Usunięcia
nav-retention = Okresy przechowywania
nav-audit = Dziennik audytu
nav-places = Miejsca
nav-users = Osoby
nav-webhooks = Webhooki
nav-health = Stan systemu
nav-account = Konto
nav-tokens = Tokeny API

# Wejście
setup-title = Konfiguracja Scrim
setup-lead = Tutaj powstaje konto pierwszego administratora. Link, który tu prowadzi, działa raz.
setup-submit = Utwórz administratora
login-title = Logowanie
login-submit = Zaloguj
login-provider = Zaloguj przez { $provider }
login-help = Nie masz konta lub nie pamiętasz hasła? Poproś administratora o zaproszenie.
invite-title = Witamy w Scrim
invite-lead = Wybierz hasło dla { $email }.
invite-submit = Zaczynamy
password = Hasło
current-password = Obecne hasło
new-password = Nowe hasło
new-password-hint = Co najmniej 15 znaków. Dobre hasło to kilka niezwiązanych ze sobą słów.
password-again = To samo hasło jeszcze raz

# Konto
account-language = Język stron
account-sessions = Gdzie jesteś zalogowany
account-sessions-count = { $count ->
    [one] Jesteś zalogowany tylko tutaj.
    [few] Jesteś zalogowany { $count } razy, licząc tę przeglądarkę.
    [many] Jesteś zalogowany { $count } razy, licząc tę przeglądarkę.
   *[other] Jesteś zalogowany { $count } razy, licząc tę przeglądarkę.
 }
account-sign-out-everywhere = Wyloguj wszędzie
account-password = Zmiana hasła
account-password-help = Tutaj pozostaniesz zalogowany, wszędzie indziej nastąpi wylogowanie.
account-password-submit = Zmień hasło
tokens-lead = Programy działają w Twoim imieniu za pomocą tokenu. Każdemu daj tylko te zakresy, których potrzebuje.
tokens-fresh = Skopiuj ten token teraz. Nie zostanie pokazany ponownie.
tokens-none = Nie masz tokenów.
tokens-new = Nowy token
tokens-name = Nazwa
tokens-name-hint = Co go używa, na przykład „nocne przesyłanie”.
tokens-scopes = Zakresy
tokens-days = Ważny przez dni
tokens-until = Ważny do
tokens-used = Ostatnio użyty
tokens-over = Już nieważny
tokens-submit = Utwórz token
tokens-revoke-help = To, co używa tego tokenu, natychmiast przestanie działać.

# Role
role-organiser = Organizator
role-organiser-help = Przesyła, sprawdza i publikuje nagrania oraz tworzy linki.
role-editor = Redaktor
role-editor-help = Przygotowuje nagrania i poprawia transkrypcje. Nie publikuje.
role-attendee = Uczestnik
role-attendee-help = Ogląda opublikowane nagrania.
role-dpo = Inspektor ochrony danych
role-dpo-help = Widzi, co jest przechowywane, ustala okresy, usuwa. Nie publikuje.
role-auditor = Audytor
role-auditor-help = Czyta dziennik audytu i niczego nie zmienia.
role-operator = Operator
role-operator-help = Utrzymuje maszynę i nie widzi treści.
role-administrator = Administrator
role-administrator-help = Nadaje konta i role i nie widzi treści.

# Nagrania
state-waiting = Czeka
state-processing = W toku
state-review = Do sprawdzenia
state-held = Wstrzymane
state-published = Opublikowane
state-failed = Nieudane
state-withdrawn = Wycofane
state-original = Oryginał
tile-review = Do sprawdzenia
tile-originals = Oryginały
recordings-by-state = Nagrania według stanu
recordings-search = Szukaj w tytułach i etykietach
recordings-all = Pokaż wszystkie
recordings-none = Żadne nagranie nie pasuje.
recordings-new-title = Nie ma jeszcze nagrań
recordings-new-lead = Od starego nagrania do takiego, które można opublikować, w czterech krokach.
recordings-way-upload = Prześlij nagranie takie, jakie jest.
recordings-way-draw = Narysuj, co może być widoczne. Wszystko inne zostanie ukryte.
recordings-way-check = Obejrzyj wynik i to, co sprawdzono.
recordings-way-link = Opublikuj je i rozdaj linki, które wygasają.
recordings-new-button = Prześlij pierwsze nagranie

# Przesyłanie
upload-lead = Weź plik taki, jaki powstał w czasie webinaru. Co będzie z niego widoczne, wybierzesz w następnym kroku.
upload-choose = Wybierz pliki
upload-drop = lub upuść je tutaj
upload-most = Do { $size } każdy. Wideo i dźwięk, między innymi MP4, MKV i WebM.
upload-title = Tytuł
upload-start = Zacznij przesyłać
upload-pause = Wstrzymaj
upload-resume = Wznów
upload-remove = Usuń
upload-go = Wybierz, co będzie widoczne
upload-waiting = Gotowe do startu
upload-sending = Przesyłanie
upload-paused = Wstrzymano
upload-retrying = Połączenie przerwane. Kolejna próba.
upload-finishing = Sprawdzanie i szyfrowanie
upload-done = Gotowe
upload-failed = Nie udało się
upload-resumed = Dalej od miejsca, w którym przerwano
upload-too-large = Ten plik jest większy niż { $size }.
upload-no-recording = To nie jest nagranie, które Scrim potrafi odczytać.
upload-damaged = Plik jest uszkodzony.
upload-refused = Plik został odrzucony. Jego zawartość nie jest tu dozwolona.
upload-what-happens = Co dzieje się z plikiem
upload-fact-sealed = Jest szyfrowany już w chwili odbioru. Na dysku nie ma jawnej kopii.
upload-fact-hidden = Nikt go nie dostaje. Uczestnicy widzą tylko nagranie, które z niego powstanie.
upload-fact-kept = { $count ->
    [one] Po { $count } dniu zostanie usunięty, chyba że zostanie zablokowany.
    [few] Po { $count } dniach zostanie usunięty, chyba że zostanie zablokowany.
    [many] Po { $count } dniach zostanie usunięty, chyba że zostanie zablokowany.
   *[other] Po { $count } dnia zostanie usunięty, chyba że zostanie zablokowany.
 }
upload-fact-title = Uczestnicy mogą zobaczyć tytuł. Nazwa pliku nie jest zachowywana.

# Obszary
regions-title = Wybierz, co będzie widoczne
regions = Obszary
regions-none = Nie ma jeszcze obszaru. Nic z obrazu nie będzie widoczne.
regions-no-picture = To nagranie ma tylko dźwięk. Obszary go nie dotyczą.
frame-title = Oryginał
frame-alt = Obraz oryginału w wybranym czasie
frame-missing = Nie udało się wczytać tego obrazu.
overlay-label = Obszary na obrazie
legend-kept = widoczne
legend-hidden = ukryte: wszystko, czego żaden obszar nie pokazuje
tools = Narzędzia
undo = Cofnij
redo = Ponów
time = Czas
ten-earlier = 10 sekund wcześniej
ten-later = 10 sekund później
templates = Zacznij od
template-stage = Scena, lista po lewej
template-slides = Tylko slajdy
template-speaker = Mówca i slajdy
template-sound = Tylko dźwięk
template-saved = Zapisana polityka
name-stage = Scena
name-people = Osoby
name-slides = Slajdy
name-speaker = Mówca
name-policy = Webinar
region = Obszar
region-new = Nowy obszar
region-new-name = Obszar { $number }
region-label = { $name }: { $action }
region-place = { $left } od lewej, { $top } od góry,
region-size = szerokość { $width }, wysokość { $height }
region-removed = Usunięto: { $name }
region-elsewhen = nie w tym czasie
region-name = Nazwa
region-kind = Zawiera
region-action = Co się z nim dzieje
region-rect = Położenie w procentach obrazu
rect-left = Od lewej
rect-top = Od góry
rect-width = Szerokość
rect-height = Wysokość
region-span = Kiedy, w sekundach
span-from = Od
span-to = Do
span-end = koniec
span-now = Teraz
region-delete = Usuń obszar
kind-stage = Scenę
kind-slides = Slajdy
kind-camera = Kamerę
kind-participant-list = Listę uczestników
kind-chat = Czat
kind-notes = Notatki
kind-poll = Ankietę
kind-toast = Wyskakujący komunikat
kind-other = Coś innego
action-keep = Pokaż
action-keep-help = Obraz widać takim, jaki jest.
action-hide = Wytnij
action-hide-help = Miejsce znika, a to, co widoczne, zsuwa się razem.
action-fill = Zakryj
action-fill-help = W tym miejscu jest jednolita płaszczyzna.
action-blur = Zmatuj
action-blur-help = Wygląda jak matowe szkło. Jest rysowane od nowa i nie zawiera nic z obrazu.
action-initials = Inicjały
action-initials-help = Zakryte, a na wierzchu narysowane inicjały z listy osób.
keys-title = Klawiatura
keys-short = N tworzy obszar. Strzałki przesuwają wybrany, z Shift zmieniają jego rozmiar, z Alt małymi krokami. Delete go usuwa. Nawiasy kwadratowe wybierają inny.
keys-new = nowy obszar
keys-tab = do następnego obszaru
keys-choose = wybierz poprzedni lub następny obszar
keys-move = przesuń o 1 %
keys-resize = zmień rozmiar o 1 %
keys-fine = o 0,1 %
keys-delete = usuń obszar
keys-undo = cofnij, z Shift ponów
result-title = Wynik
preview-alt = Podgląd wyniku w wybranym czasie
preview-none = Podgląd pojawi się, gdy jakiś obszar będzie widoczny.
preview-rendering = Rysowanie …
preview-fresh = Aktualny
preview-refused = Tego jeszcze nie można użyć
policy-title = Polityka
policy-name = Nazwa polityki
policy-name-hint = Trafia do dowodu. Nie wpisuj nazwisk.
policy-save = Zapisz politykę
policy-saved = Zapisano jako wersję { $version }
policy-unsaved = Nie zapisano
names-show = Nazwiska osób
names-initials = Inicjały, na przykład A.K.
names-hidden = Wcale
names-full = W całości
names-hint = Na obrazie i w transkrypcji.
output-size = Rozmiar wyniku
output-same = Jak oryginał
process-title = Przetwarzanie
process-start = Przetwórz
process-starting = Uruchamianie …
process-again = Przetwórz ponownie
speech-language = Język mowy
speech-auto = Rozpoznaj
transcript = Transkrypcja
transcript-make = Utwórz transkrypcję
transcript-none-here = Nie zainstalowano modelu mowy.
roster = Osoby, które brały udział
roster-hint = CSV z kolumnami name, email i role. Ich nazwiska są zastępowane na obrazie i w transkrypcji. Lista jest przechowywana w postaci zaszyfrowanej.
roster-file = lub z pliku

# Zadanie
job-title = Przetwarzanie
job-stages = Kroki
job-queued = Czeka
job-running = W toku
job-done = Gotowe
job-held = Wstrzymane
job-failed = Nieudane
job-cancelled = Przerwane
job-failed-at = Nie udało się w tym kroku: { $stage }
job-code = Kod w dzienniku:
job-other-regions = Zmień obszary
job-again = Przetwórz ponownie
job-held-help = Gotowe, ale kontrola coś znalazła. Nikt go nie dostanie, zanim go nie obejrzysz.
job-cancelled-help = Ktoś to zatrzymał. Oryginał nadal istnieje.
job-share = Postęp tego kroku
job-speed = { $speed }× szybkość odtwarzania
job-left = pozostało { $time }
job-leave = Możesz zamknąć tę stronę. Przetwarzanie będzie trwało.
job-connection-lost = Brak połączenia. Kolejna próba.
job-cancel = Zatrzymaj
job-cancel-help = To, co już powstało, przyda się przy następnej próbie. Oryginał pozostaje.
job-cancel-sure = Zatrzymaj przetwarzanie
job-review = Obejrzyj wynik
job-created = Zlecono
retry = Spróbuj ponownie
stage-hash = Rozpoznanie źródła
stage-probe = Odczyt budowy pliku
stage-render = Oczyszczanie obrazu
stage-transcribe = Tworzenie transkrypcji
stage-assemble = Składanie i szyfrowanie
stage-verify = Kontrola gotowych plików
stage-publish = Decyzja
stage-state-done = gotowe
stage-state-current = w toku
stage-state-failed = nieudane
stage-state-ahead = przed nami

# Sprawdzanie
review-look = Obejrzyj
before = Przed
after = Po
show-before = Porównaj z oryginałem
wipe = Podział
before-alt = Oryginał w tym czasie
before-help = Oryginał pokazuje ludzi. Jest tylko dla sprawdzających i nigdy nie wychodzi przez link.
captions = Napisy
decision = Decyzja
decision-review = Żadna kontrola niczego nie wykryła. Obejrzyj i odsłuchaj nagranie, a potem opublikuj.
decision-held = Kontrola coś znalazła.
decision-held-help = Zobacz raport. Zwykle pomagają inne obszary lub poprawiona transkrypcja.
decision-published = Osoby z ważnym linkiem mogą je oglądać.
decision-withdrawn = Nikt nie może go oglądać. Linki nie działają.
decision-other = Nie ma jeszcze nic do rozstrzygnięcia.
publish = Zatwierdź i opublikuj
publish-help = Od teraz można tworzyć linki. W każdej chwili możesz je wycofać.
publish-sure = Tak, opublikuj
publish-others = Publikuje organizator.
override = Opublikuj mimo to …
override-warning = Według kontroli to nagranie coś ujawnia.
override-help = Twoje nazwisko, czas i powód trafią do dziennika audytu, a inspektor ochrony danych zostanie powiadomiony.
override-tick = Obejrzałem je i biorę za to odpowiedzialność.
override-sure = Opublikuj wbrew kontrolom
withdraw = Wycofaj
withdraw-help = Wszystkie linki natychmiast przestaną działać. Nagranie pozostaje do wygaśnięcia.
withdraw-sure = Tak, wycofaj
report = Raport z kontroli
report-none = Nie ma raportu.
report-failed = nieudane: { $count }
report-not-checked = niesprawdzone: { $count }
report-passed = udane: { $count }
report-reasons = Dlaczego jest wstrzymane
report-wholly-hidden = Ukryte w całości, bo obraz miał inny kształt. Zobacz tutaj:
report-regions = { $count ->
    [one] { $count } obszar polityki
    [few] { $count } obszary polityki
    [many] { $count } obszarów polityki
   *[other] { $count } obszaru polityki
 }
check = Kontrola
verdict = Werdykt
check-found = Znaleziono
check-how = Jak
check-container = Budowa pliku
check-tracks = Ścieżki
check-metadata = Metadane
check-hidden-areas = Zakryte obszary
check-names-in-text = Nazwiska w tekstach
check-text-in-pictures = Tekst na obrazie
check-names-in-sound = Nazwiska w dźwięku
check-transcript = Transkrypcja
check-erased-people = Usunięte osoby
verdict-passed = udana
verdict-failed = nieudana
verdict-not-checked = niesprawdzona
stills = Obrazy przed i po
stills-help = Obrazy po lewej pokazują to, co jest ukryte. Nie przekazuj ich dalej.
still-before = Oryginał w { $time }
still-after = Wynik w { $time }
unsaved = Nie zapisano
saving = Zapisywanie …
saved = Zapisano
transcript-help = Popraw to, co źle zrozumiano. Nazwiska i adresy, które wpiszesz, będą szukane ponownie.
transcript-conflict = Ktoś inny zmienił transkrypcję. Wczytaj stronę ponownie, ale najpierw skopiuj swoje zmiany.
transcript-save = Zapisz transkrypcję
cue-at = Słowa w { $time }
links = Linki
links-none = Nie ma jeszcze linku.
links-when-published = Linki można tworzyć po opublikowaniu nagrania.
link-new = Nowy link
link-label = Etykieta
link-label-hint = Widzisz ją tylko Ty.
link-days = Ważny przez dni
link-password = Hasło
link-password-hint = Puste oznacza brak hasła. Przekaż je inną drogą niż link.
link-most = Najwyżej użyć
link-most-hint = Puste oznacza dowolnie wiele.
link-audience = Dla kogo
link-allow = Pozwól pobierać
link-submit = Utwórz link
link-fresh = Przekaż ten link osobom, które mogą oglądać.
link-valid = Ważny
link-expired = Wygasł
link-revoked = Unieważniony
link-used-up = Wykorzystany
link-until = do { $day }
link-uses = { $count ->
    [0] nieużyty
    [one] użyty raz
    [few] użyty { $count } razy
    [many] użyty { $count } razy
   *[other] użyty { $count } razy
 }
link-uses-of = użyty { $count } z { $most } razy
link-password-yes = z hasłem
link-password-no = bez hasła
link-made = Utworzono
link-revoke-help = Link natychmiast przestanie działać, także u osób, które właśnie oglądają.
copy-link = Kopiuj link
tags = Etykiety
tags-hint = Słowa oddzielone spacjami. Są przechowywane jawnie: nie wpisuj nazwisk.
title-hint = Osoby z linkiem mogą go zobaczyć. Nie wpisuj nazwisk.
recording-id = Identyfikator

# Uczestnik
link-valid-until = dostępne do { $time }
video = Wideo
video-hide = Ukryj wideo
video-show = Pokaż wideo
copy-time = Kopiuj link do tej chwili
downloads = Pobieranie
download-mp4 = Wideo, MP4
download-txt = Tekst, TXT
download-vtt = Napisy, VTT
download-srt = Napisy, SRT
follow-again = Podążaj za wideo
search-words = Szukaj w transkrypcji
search-hits = { $at } z { $count }
search-no-hits = Nic nie znaleziono
hit-before = Poprzednie trafienie
hit-after = Następne trafienie
cue-help = Naciśnij wiersz, aby odtwarzać od tego miejsca. Strzałki przechodzą między wierszami.
removed = usunięto
removed-help = Usunięto stąd coś, co wskazuje na konkretną osobę.
link-asks = To nagranie wymaga hasła
link-asks-help = Zna je osoba, od której masz link.
link-wrong = To hasło jest nieprawidłowe.
link-wait = { $count ->
    [one] Za dużo błędnych haseł. Spróbuj ponownie za { $count } sekundę.
    [few] Za dużo błędnych haseł. Spróbuj ponownie za { $count } sekundy.
    [many] Za dużo błędnych haseł. Spróbuj ponownie za { $count } sekund.
   *[other] Za dużo błędnych haseł. Spróbuj ponownie za { $count } sekundy.
 }
link-open = Otwórz
closed-not-ready = Jeszcze niegotowe
closed-not-ready-help = Nagranie jest przygotowywane. Link zacznie działać, gdy tylko zostanie opublikowane.
closed-look-again = Sprawdź ponownie
closed-expired = Ten link wygasł
closed-expired-help = Nagrania są dostępne tylko przez pewien czas.
closed-revoked = Ten link unieważniono
closed-revoked-help = Osoba, od której go masz, nie udostępnia już tutaj nagrania.
closed-used-up = Ten link został wykorzystany
closed-used-up-help = Można go było otworzyć tylko określoną liczbę razy.
closed-unknown = Nie ma takiego linku
closed-unknown-help = Może brakować części adresu. Skopiuj cały link jeszcze raz.
closed-no-access = Nie masz dostępu
closed-no-access-help = Nagranie jest dla innych osób. Zapytaj osobę, od której masz link.
closed-on = Zakończono { $day }.
closed-contact = Pytania? Napisz: { $contact }.

# Ochrona danych
alerts = { $count ->
    [one] { $count } sprawa wymaga uwagi
    [few] { $count } sprawy wymagają uwagi
    [many] { $count } spraw wymaga uwagi
   *[other] { $count } sprawy wymaga uwagi
 }
alerts-none = Nic nie wymaga uwagi.
number-recordings = Nagrania
number-links = Ważne linki
number-holds = Blokady
number-erasures = Usunięcia w toku
number-due = Do usunięcia w ciągu 30 dni
swept = Ostatnie czyszczenie:
sweep-late = Czyszczenie się spóźnia.
stored-lead = Każde nagranie, gdzie leżą jego pliki i do kiedy. Tytułów tu nie widać.
stored-none = Nic nie jest przechowywane.
stored-amount = Ilość
stored-where = Gdzie
consents-lead = Kto na co się zgodził, pod oznaczeniem używanym w nagraniu.
consents-choose = Wybierz nagranie.
consents-no-list = To nagranie nie ma listy osób.
consents-unknown-help = „Nie odnotowano” znaczy, że nikt tego nie zapisał, a nie, że ktoś się zgodził.
participant = Uczestnik
participant-role = Rola
participant-organiser = Organizator
participant-presenter = Prowadzący
participant-moderator = Moderator
participant-attendee = Uczestnik
purpose-camera = Kamera
purpose-voice = Głos
purpose-chat = Czat
purpose-transcript = Transkrypcja
consent-unknown = nie odnotowano
consent-given = zgoda
consent-refused = odmowa
consent-withdrawn = cofnięta
erasures-lead = Tego, co usunięto, nie można przywrócić, także z kopii zapasowej. Każde usunięcie kończy się podpisanym zaświadczeniem.
erasure-new = Nowe usunięcie
erasure-recording = Nagranie
erasure-recording-hint = Razem z nim znika wszystko z tego samego źródła, także oryginał.
erasure-person = Osoba
erasure-person-hint = Imię i nazwisko lub adres e-mail, jak na listach osób.
erasure-tenant = Wszystko
erasure-look = Zobacz, co zniknie
erasures-done = Dotychczasowe usunięcia
erasures-none = Niczego jeszcze nie usunięto.
erasure-certified = Zaświadczone
erasure-open = W toku
erasure-certificate = Zaświadczenie
erasure-preview = Co zostanie usunięte
erasure-nothing = Niczego nie znaleziono.
erasure-affected = { $count ->
    [one] Dotyczy { $count } nagrania
    [few] Dotyczy { $count } nagrań
    [many] Dotyczy { $count } nagrań
   *[other] Dotyczy { $count } nagrania
 }
erasure-then = Potem
erasure-made-again = można utworzyć ponownie bez tej osoby
erasure-for-good = znika na zawsze
erasure-not-searchable = { $count ->
    [one] { $count } nagranie nie ma listy osób i nie można go było przeszukać.
    [few] { $count } nagrania nie mają listy osób i nie można ich było przeszukać.
    [many] { $count } nagrań nie ma listy osób i nie można ich było przeszukać.
   *[other] { $count } nagrania nie ma listy osób i nie można go było przeszukać.
 }
erasure-refused = Teraz nie można tego usunąć.
erasure-sure = Usunąć na zawsze?
erasure-sure-help = Klucze zostaną zniszczone. Nikt nie może tego przywrócić, ani Ty, ani my.
erasure-type = Wpisz { $word }, aby potwierdzić
erasure-mistyped = Wpisano coś innego. Niczego nie usunięto.
erasure-submit = Usuń na zawsze
rules = Jak długo co jest przechowywane
rules-lead = Wygrywa najkrótsza reguła. Reguła dla etykiety może tylko skrócić.
rule-class = Co
rule-tag = Etykieta
rule-tag-if-any = Tylko z tą etykietą
rule-all = wszystkie
rule-period = Okres
rule-days = Dni
rule-default = domyślnie
rule-new = Ustal regułę
rule-new-help = Krótszy okres działa od następnego czyszczenia.
rule-set = Ustal regułę
rule-remove-help = Od teraz znów obowiązuje wartość domyślna.
class-raw = Oryginały
class-raw-help = Oryginały i części robocze: pokazują to, co ukryte.
class-published = Nagrania
class-published-help = Nagranie, raport i dowód.
class-transcript = Transkrypcje
class-transcript-help = Nigdy dłużej niż nagranie.
class-attendance = Listy osób
class-attendance-help = Kto brał udział i na co się zgodził.
class-log = Dziennik
class-log-help = Słowa dziennika i zwolnionych blokad.
holds = Blokady
holds-lead = Tego, co zablokowane, nie usuwa się ani nie kasuje, bez względu na reguły.
holds-none = Nic nie jest zablokowane.
hold-all = Wszystkie nagrania
hold-new = Załóż blokadę
hold-place = Zablokuj
hold-placed = od { $day }, zatwierdził: { $approver }
hold-recording-hint = Puste oznacza wszystko.
hold-release = Zwolnij
hold-release-help = To, czemu minął termin, zniknie przy następnym czyszczeniu.
audit-export = Eksportuj
audit-verification = Weryfikacja
audit-verify = Zweryfikuj teraz
audit-not-verified = jeszcze nie zweryfikowano
audit-whole = nienaruszony: niczego nie zmieniono ani nie pominięto
audit-broken = naruszony: coś zmieniono lub pominięto
audit-help = Dziennik to podpisane drzewo Merkle. Eksport można zweryfikować bez tego serwera.
audit-all = Pokaż wszystko
audit-none = Nie ma wpisu.
audit-older = Starsze wpisy
audit-when = Kiedy
audit-who = Kto
audit-what = Co
audit-blank = usunięto; miejsce w drzewie pozostaje
places-lead = Do miejsca odrzuconego nic nie jest zapisywane.
places-none = Nie ustawiono żadnego miejsca.
places-check = Sprawdź teraz
place-what = Do czego
place-host = Host
place-region = Region
place-allowed = w EOG
place-declared = według operatora
place-unknown = nieznane
place-refused = odrzucone

# Administracja
user-active = Aktywne
user-invited = Zaproszenie wysłane
user-locked-out = Zablokowane
user-disabled = Wyłączone
user-seen = ostatnio:
user-roles = Role
user-enable = Włącz
user-disable = Wyłącz
user-disable-help = Osoba zostanie natychmiast wylogowana i nie będzie mogła się zalogować. Jej tokeny przestaną działać.
user-invite = Zaproś kogoś
user-invite-submit = Zaproś
user-invitation = Przekaż ten link zaproszonej osobie. Działa raz i nie zostanie pokazany ponownie.
webhooks-lead = Gdy coś się dzieje, Scrim powiadamia te adresy przez POST. Wiadomości są podpisane i zawierają tylko identyfikatory.
webhooks-none = Żaden adres nie jest powiadamiany.
webhook-new = Nowy webhook
webhook-url = Adres
webhook-events = Zdarzenia
webhook-submit = Dodaj
webhook-secret = Tym sekretem podpisywane są wiadomości. Nie zostanie pokazany ponownie.
webhook-waiting = { $count ->
    [0] żadna wiadomość nie czeka
    [one] czeka { $count } wiadomość
    [few] czekają { $count } wiadomości
    [many] czeka { $count } wiadomości
   *[other] czeka { $count } wiadomości
 }
webhook-remove-help = Wiadomości, które czekają, przepadną.
delivery-none = jeszcze nic nie wysłano
delivery-done = doręczono
delivery-retrying = kolejna próba
delivery-given-up = poddano się
health-well = Wszystko działa.
health-ill = Coś nie działa.
health-part = Część
health-up = działa
health-down = nie działa
health-running = Zadania w toku
health-waiting = Zadania w kolejce
health-free = Wolne na pracę
health-since = działa od

# Co poszło nie tak
failure-back = Do nagrań
failure-request = Prosząc o pomoc, podaj ten identyfikator:
failure-invalid = Coś w tym formularzu się nie zgadza
failure-invalid-help = Wróć i sprawdź go jeszcze raz.
failure-signed-out = Nie jesteś zalogowany
failure-signed-out-help = Twoja sesja mogła się skończyć.
failure-forbidden = Nie wolno Ci tego zrobić
failure-forbidden-help = Twoje role na to nie pozwalają. Administrator może je zmienić.
failure-unknown = Tu nic nie ma
failure-unknown-help = Mogło zostać usunięte albo nie należy do Ciebie.
failure-conflict = Ktoś był szybszy
failure-conflict-help = Wróć, wczytaj stronę ponownie i zobacz, co się zmieniło.
failure-too-large = To jest za duże
failure-too-large-help = Spróbuj z mniejszym.
failure-too-many = Za dużo żądań
failure-too-many-help = Odczekaj chwilę i spróbuj ponownie.
failure-unavailable = Chwilowo niedostępne
failure-unavailable-help = Coś, czego potrzebuje Scrim, nie odpowiada. Spróbuj później.
failure-over = Ten link już nie działa
failure-over-help = Został już użyty albo minął jego czas. Poproś o nowy osobę, która go przysłała.
failure-refused = Odmówiono
failure-refused-help = Wróć i spróbuj inaczej.
failure-internal = Coś poszło tu nie tak
failure-internal-help = To nasza wina, nie Twoja. Nic nie zostało przez to opublikowane.

# What was just done, and what is wrong with a form.
flash-saved = Zapisano.
flash-published = Opublikowano.
flash-withdrawn = Wycofano. Nikt już tego nie otrzyma.
flash-link-made = Link jest gotowy.
flash-link-revoked = Link już nie działa.
flash-password-changed = Hasło zostało zmienione. Zaloguj się nowym.
flash-signed-out-everywhere = Wylogowano wszędzie.
flash-token-revoked = Token już nie działa.
flash-retried = Trwa ponowna próba.
flash-cancelled = Zadanie przerwano.
flash-rule-saved = Reguła została zapisana.
flash-hold-placed = Blokada obowiązuje.
flash-hold-released = Blokada została zdjęta.
flash-erased = Usunięto. Zaświadczenie jest poniżej.
error-login = Adres e-mail lub hasło jest nieprawidłowe.
error-locked = Było zbyt wiele błędnych prób. Poczekaj { $seconds } s.
error-passwords-differ = Hasła różnią się od siebie.
error-password-short = Hasło jest za krótkie. Wybierz co najmniej 15 znaków, na przykład cztery słowa.
error-password-long = Hasło jest za długie. Wybierz najwyżej 128 znaków.
error-password-easy = Hasło jest zbyt łatwe do odgadnięcia.
error-password-current = To nie jest Twoje hasło.
error-email = To nie jest adres e-mail.
error-email-taken = Konto z tym adresem już istnieje.
error-form = Coś w tym formularzu jest nie tak: { $field }.
erasure-step-frozen = Wycofano
erasure-step-listed = Wszystko odnaleziono
erasure-step-objects = Pliki usunięto
erasure-step-rows = Wpisy usunięto
erasure-step-shredded = Klucze zniszczono
erasure-step-proven = Brak potwierdzono
erasure-step-certified = Zaświadczenie podpisano

# Mail. The address of a page stands below it.
mail-recording-ready-subject = Nagranie jest gotowe
mail-recording-ready = Nagranie zostało przetworzone i czeka na Twoją decyzję. Obejrzyj je tutaj:
mail-recording-held-subject = Nagranie zostało wstrzymane
mail-recording-held = Kontrole znalazły coś, czego nie wolno opublikować. Sprawdź to tutaj:
mail-recording-failed-subject = Nie udało się przetworzyć nagrania
mail-recording-failed = Podczas przetwarzania nagrania coś poszło nie tak. Co się stało i co zrobić, przeczytasz tutaj:
mail-recording-expiring-subject = Nagrania wkrótce wygasną
mail-recording-expiring = Opublikowane nagrania zostaną usunięte w ciągu siedmiu dni zgodnie z okresami przechowywania. Kto jeszcze któregoś potrzebuje, może je wyeksportować albo poprosić inspektora ochrony danych o blokadę. Lista jest tutaj:
mail-security-alert-subject = Scrim: prosimy o sprawdzenie
mail-alert-sign-in-locked = Dla jednego konta podano zbyt wiele błędnych haseł. Jest ono przez pewien czas zablokowane. Sprawdź tutaj:
mail-alert-administrator-added = Pewne konto otrzymało rolę administratora. Sprawdź tutaj, czy to prawidłowe:
mail-alert-gate-overridden = Nagranie zostało opublikowane, choć kontrole je wstrzymały. Powód przeczytasz tutaj:
mail-alert-retention-sweep-failed = Nie udało się usunąć tego, czego okres przechowywania minął. Sprawdź tutaj:
mail-alert-audit-not-intact = Dziennik audytu nie jest taki, jak go zapisano: coś zmieniono lub pominięto. Zostaw maszynę w obecnym stanie i sprawdź tutaj:
mail-alert-store-unreachable = Magazyn nagrań nie odpowiada. Do tego czasu nie można niczego przetworzyć ani otworzyć. Sprawdź tutaj:
mail-alert-keys-unreachable = System zarządzania kluczami nie odpowiada. Do tego czasu nie można niczego przetworzyć ani otworzyć. Sprawdź tutaj:
mail-why = Otrzymujesz tę wiadomość, ponieważ masz konto w Scrim.
