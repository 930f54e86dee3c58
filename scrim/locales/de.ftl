# Überall
skip-to-content = Zum Inhalt
language = Sprache
imprint = Impressum
privacy = Datenschutz
sign-out = Abmelden
actions = Aktionen
save = Speichern
search = Suchen
show = Anzeigen
remove = Entfernen
revoke = Widerrufen
copy = Kopieren
copied = Kopiert
never = nie
or = oder
name = Name
email = E-Mail-Adresse
title = Titel
untitled = Aufzeichnung ohne Titel
recording = Aufzeichnung
state = Stand
length = Länge
created = Angelegt
expires = Läuft ab
expires-on = läuft ab am { $day }
details = Einzelheiten
reason = Grund
reason-if-any = Grund, falls Sie einen angeben möchten
approver = Genehmigt von
on-hold = Gesperrt
next-page = Nächste Seite
on-this-page = Auf dieser Seite
needs-modules = Diese Seite braucht JavaScript.
unreachable = Der Server ist nicht erreichbar. Nichts ist verloren; versuchen Sie es noch einmal.
what-to-do = Was zu tun ist:
word-unknown = unbekannt
keep-all = Alles behalten
count-recordings = { $count ->
    [one] { $count } Aufzeichnung
   *[other] { $count } Aufzeichnungen
 }
count-artefacts = { $count ->
    [one] { $count } Datei
   *[other] { $count } Dateien
 }
count-days = { $count ->
    [one] { $count } Tag
   *[other] { $count } Tage
 }
count-entries = { $count ->
    [one] { $count } Eintrag
   *[other] { $count } Einträge
 }

# Navigation
nav-main = Hauptnavigation
nav-section = Bereich
nav-recordings = Aufzeichnungen
nav-upload = Hochladen
nav-protection = Datenschutz
nav-administration = Verwaltung
nav-overview = Überblick
nav-stored = Was gespeichert ist
nav-consents = Einwilligungen
nav-erasures = Löschungen
nav-retention = Aufbewahrung
nav-audit = Prüfprotokoll
nav-places = Speicherorte
nav-users = Personen
nav-webhooks = Webhooks
nav-health = Zustand
nav-account = Konto
nav-tokens = API-Token

# Zugang
setup-title = Scrim einrichten
setup-lead = Hier entsteht das Konto der ersten Administration. Der Link, der Sie hierher gebracht hat, gilt einmal.
setup-submit = Konto anlegen
login-title = Anmelden
login-submit = Anmelden
login-provider = Anmelden mit { $provider }
login-help = Kein Konto, oder das Passwort vergessen? Bitten Sie die Administration um eine Einladung.
invite-title = Willkommen bei Scrim
invite-lead = Wählen Sie ein Passwort für { $email }.
invite-submit = Los geht es
password = Passwort
current-password = Bisheriges Passwort
new-password = Neues Passwort
new-password-hint = Mindestens 15 Zeichen. Gut sind einige Wörter, die nichts miteinander zu tun haben.
password-again = Dasselbe Passwort noch einmal

# Konto
account-language = Sprache der Seiten
account-sessions = Wo Sie angemeldet sind
account-sessions-count = { $count ->
    [one] Sie sind nur hier angemeldet.
   *[other] Sie sind { $count }-mal angemeldet, diesen Browser eingeschlossen.
 }
account-sign-out-everywhere = Überall abmelden
account-password = Passwort ändern
account-password-help = Hier bleiben Sie angemeldet, überall sonst werden Sie abgemeldet.
account-password-submit = Passwort ändern
tokens-lead = Mit einem Token handeln Programme in Ihrem Namen. Geben Sie jedem nur die Rechte, die es braucht.
tokens-fresh = Kopieren Sie dieses Token jetzt. Es wird nicht noch einmal gezeigt.
tokens-none = Sie haben keine Token.
tokens-new = Neues Token
tokens-name = Name
tokens-name-hint = Wofür es ist, etwa „nächtliches Hochladen“.
tokens-scopes = Rechte
tokens-days = Gültig, in Tagen
tokens-until = Gültig bis
tokens-used = Zuletzt benutzt
tokens-over = Nicht mehr gültig
tokens-submit = Token anlegen
tokens-revoke-help = Was dieses Token benutzt, geht sofort nicht mehr.

# Rollen
role-organiser = Veranstaltung
role-organiser-help = Lädt hoch, prüft und veröffentlicht Aufzeichnungen und vergibt Links.
role-editor = Redaktion
role-editor-help = Bereitet Aufzeichnungen vor und berichtigt Transkripte. Veröffentlicht nicht.
role-attendee = Teilnahme
role-attendee-help = Sieht veröffentlichte Aufzeichnungen.
role-dpo = Datenschutz
role-dpo-help = Sieht, was gespeichert ist, setzt Fristen, löscht. Veröffentlicht nicht.
role-auditor = Prüfung
role-auditor-help = Liest das Prüfprotokoll und ändert nichts.
role-operator = Betrieb
role-operator-help = Betreibt die Maschine und sieht keine Inhalte.
role-administrator = Administration
role-administrator-help = Vergibt Konten und Rollen und sieht keine Inhalte.

# Aufzeichnungen
state-waiting = Wartet
state-processing = In Arbeit
state-review = Zu prüfen
state-held = Angehalten
state-published = Veröffentlicht
state-failed = Fehlgeschlagen
state-withdrawn = Zurückgezogen
state-original = Original
tile-review = Zu prüfen
tile-originals = Originale
recordings-by-state = Aufzeichnungen nach Stand
recordings-search = Titel und Stichwörter durchsuchen
recordings-all = Alle anzeigen
recordings-none = Keine Aufzeichnung passt.
recordings-new-title = Noch keine Aufzeichnungen
recordings-new-lead = Von einer alten Aufzeichnung zu einer, die veröffentlicht werden darf, in vier Schritten.
recordings-way-upload = Laden Sie die Aufzeichnung hoch, wie sie ist.
recordings-way-draw = Zeichnen Sie, was zu sehen sein darf. Alles andere wird verborgen.
recordings-way-check = Sehen Sie sich das Ergebnis an, und was geprüft wurde.
recordings-way-link = Veröffentlichen Sie sie, und vergeben Sie Links, die ablaufen.
recordings-new-button = Erste Aufzeichnung hochladen

# Hochladen
upload-lead = Nehmen Sie die Datei, wie sie aus dem Webinar kam. Was davon zu sehen ist, wählen Sie danach.
upload-choose = Dateien wählen
upload-drop = oder hier ablegen
upload-most = Je bis zu { $size }. Video und Ton, unter anderem MP4, MKV und WebM.
upload-title = Titel
upload-start = Hochladen
upload-pause = Anhalten
upload-resume = Fortsetzen
upload-remove = Entfernen
upload-go = Wählen, was zu sehen ist
upload-waiting = Bereit
upload-sending = Wird hochgeladen
upload-paused = Angehalten
upload-retrying = Die Verbindung ist abgerissen. Neuer Versuch.
upload-finishing = Wird geprüft und verschlüsselt
upload-done = Fertig
upload-failed = Fehlgeschlagen
upload-resumed = Geht weiter, wo es aufgehört hat
upload-too-large = Diese Datei ist größer als { $size }.
upload-no-recording = Das ist keine Aufzeichnung, die Scrim lesen kann.
upload-damaged = Die Datei ist beschädigt.
upload-refused = Die Datei wurde abgelehnt. Ihr Inhalt ist hier nicht erlaubt.
upload-what-happens = Was mit der Datei geschieht
upload-fact-sealed = Sie wird beim Eintreffen verschlüsselt. Keine Kopie liegt offen auf einer Platte.
upload-fact-hidden = Niemand bekommt sie. Zu sehen ist immer nur die Aufzeichnung, die daraus entsteht.
upload-fact-kept = { $count ->
    [one] Sie wird nach { $count } Tag gelöscht, sofern sie nicht gesperrt wird.
   *[other] Sie wird nach { $count } Tagen gelöscht, sofern sie nicht gesperrt wird.
 }
upload-fact-title = Der Titel kann zu sehen sein. Der Name der Datei wird nicht aufbewahrt.

# Bereiche
regions-title = Wählen, was zu sehen ist
regions = Bereiche
regions-none = Noch kein Bereich. Vom Bild wird nichts zu sehen sein.
regions-no-picture = Diese Aufzeichnung hat nur Ton. Bereiche gelten dafür nicht.
frame-title = Original
frame-alt = Bild des Originals zur gewählten Zeit
frame-missing = Dieses Bild konnte nicht geladen werden.
overlay-label = Bereiche über dem Bild
legend-kept = zu sehen
legend-hidden = verborgen: alles, was kein Bereich zeigt
tools = Werkzeuge
undo = Zurück
redo = Wieder vor
time = Zeit
ten-earlier = 10 Sekunden früher
ten-later = 10 Sekunden später
templates = Beginnen mit
template-stage = Bühne, Liste links
template-slides = Nur Folien
template-speaker = Vortrag und Folien
template-sound = Nur Ton
template-saved = Gespeicherte Richtlinie
name-stage = Bühne
name-people = Personen
name-slides = Folien
name-speaker = Vortrag
name-policy = Webinar
region = Bereich
region-new = Neuer Bereich
region-new-name = Bereich { $number }
region-label = { $name }: { $action }
region-place = { $left } von links, { $top } von oben,
region-size = { $width } breit, { $height } hoch
region-removed = { $name } wurde gelöscht
region-elsewhen = nicht zu dieser Zeit
region-name = Name
region-kind = Enthält
region-action = Was geschieht
region-rect = Lage, in Prozent des Bildes
rect-left = Links
rect-top = Oben
rect-width = Breite
rect-height = Höhe
region-span = Wann, in Sekunden
span-from = Von
span-to = Bis
span-end = Ende
span-now = Jetzt
region-delete = Bereich löschen
kind-stage = Bühne
kind-slides = Folien
kind-camera = Kamera
kind-participant-list = Teilnehmerliste
kind-chat = Chat
kind-notes = Notizen
kind-poll = Umfrage
kind-toast = Kurzmeldung
kind-other = Etwas anderes
action-keep = Zeigen
action-keep-help = Das Bild ist zu sehen, wie es ist.
action-hide = Ausschneiden
action-hide-help = Die Lücke schließt sich, und das Gezeigte rückt zusammen.
action-fill = Abdecken
action-fill-help = An seiner Stelle steht eine einfarbige Fläche.
action-blur = Mattieren
action-blur-help = Sieht aus wie Milchglas. Es wird neu gezeichnet und enthält nichts vom Bild.
action-initials = Initialen
action-initials-help = Abgedeckt, darauf Initialen aus der Liste der Personen.
keys-title = Tastatur
keys-short = N legt einen Bereich an. Pfeiltasten bewegen den gewählten, mit Umschalt ändern sie die Größe, mit Alt in kleinen Schritten. Entf löscht ihn. Eckige Klammern wählen einen anderen.
keys-new = neuer Bereich
keys-tab = zum nächsten Bereich
keys-choose = den Bereich davor oder danach wählen
keys-move = um 1 % bewegen
keys-resize = Größe um 1 % ändern
keys-fine = um 0,1 %
keys-delete = den Bereich löschen
keys-undo = zurück, mit Umschalt wieder vor
result-title = Ergebnis
preview-alt = Vorschau des Ergebnisses zur gewählten Zeit
preview-none = Die Vorschau erscheint, sobald ein Bereich gezeigt wird.
preview-rendering = Wird gezeichnet …
preview-fresh = Aktuell
preview-refused = So geht es noch nicht
policy-title = Richtlinie
policy-name = Name der Richtlinie
policy-name-hint = Er steht im Nachweis. Nennen Sie keine Personen.
policy-save = Richtlinie speichern
policy-saved = Gespeichert als Version { $version }
policy-unsaved = Nicht gespeichert
names-show = Namen von Personen
names-initials = Initialen, etwa A.K.
names-hidden = Gar nicht
names-full = Ganz
names-hint = Im Bild und im Transkript.
output-size = Größe des Ergebnisses
output-same = Wie das Original
process-title = Verarbeitung
process-start = Verarbeiten
process-starting = Wird begonnen …
process-again = Noch einmal verarbeiten
speech-language = Gesprochene Sprache
speech-auto = Erkennen
transcript = Transkript
transcript-make = Ein Transkript schreiben
transcript-none-here = Es ist kein Sprachmodell installiert.
roster = Wer dabei war
roster-hint = CSV mit den Spalten name, email und role. Die Namen werden in Bild und Transkript ersetzt. Die Liste wird verschlüsselt aufbewahrt.
roster-file = oder aus einer Datei

# Auftrag
job-title = Verarbeitung
job-stages = Schritte
job-queued = Wartet
job-running = In Arbeit
job-done = Fertig
job-held = Angehalten
job-failed = Fehlgeschlagen
job-cancelled = Abgebrochen
job-failed-at = Fehlgeschlagen bei diesem Schritt: { $stage }
job-code = Kürzel im Protokoll:
job-other-regions = Bereiche ändern
job-again = Noch einmal verarbeiten
job-held-help = Sie ist fertig, aber eine Prüfung hat etwas gefunden. Niemand bekommt sie, bevor Sie sie angesehen haben.
job-cancelled-help = Jemand hat es angehalten. Das Original ist noch da.
job-share = Fortschritt dieses Schritts
job-speed = { $speed }-fache Abspielzeit
job-left = noch { $time }
job-leave = Sie können diese Seite schließen. Die Verarbeitung geht weiter.
job-connection-lost = Keine Verbindung. Neuer Versuch.
job-cancel = Abbrechen
job-cancel-help = Was schon entstanden ist, wird beim nächsten Versuch verwendet. Das Original bleibt.
job-cancel-sure = Verarbeitung abbrechen
job-review = Ergebnis ansehen
job-created = Beauftragt
retry = Noch einmal versuchen
stage-hash = Quelle erkennen
stage-probe = Aufbau lesen
stage-render = Bild bereinigen
stage-transcribe = Transkript schreiben
stage-assemble = Zusammensetzen und verschlüsseln
stage-verify = Fertige Dateien prüfen
stage-publish = Entscheiden
stage-state-done = fertig
stage-state-current = in Arbeit
stage-state-failed = fehlgeschlagen
stage-state-ahead = kommt noch

# Prüfen
review-look = Ansehen
before = Vorher
after = Nachher
show-before = Mit dem Original vergleichen
wipe = Teilung
before-alt = Das Original zu dieser Zeit
before-help = Das Original zeigt Menschen. Es ist nur zum Prüfen da und wird nie mit einem Link weitergegeben.
captions = Untertitel
decision = Entscheidung
decision-review = Keine Prüfung hat etwas gefunden. Sehen und hören Sie selbst nach, dann veröffentlichen Sie.
decision-held = Eine Prüfung hat etwas gefunden.
decision-held-help = Sehen Sie in den Bericht. Meist helfen andere Bereiche oder ein berichtigtes Transkript.
decision-published = Wer einen gültigen Link hat, kann sie ansehen.
decision-withdrawn = Niemand kann sie ansehen. Links gehen nicht.
decision-other = Es gibt noch nichts zu entscheiden.
publish = Freigeben und veröffentlichen
publish-help = Von jetzt an können Links angelegt werden. Zurückziehen geht jederzeit.
publish-sure = Ja, veröffentlichen
publish-others = Veröffentlicht wird sie von der Veranstaltung.
override = Trotzdem veröffentlichen …
override-warning = Nach den Prüfungen gibt diese Aufzeichnung etwas preis.
override-help = Ihr Name, die Zeit und der Grund kommen ins Prüfprotokoll, und der Datenschutz wird benachrichtigt.
override-tick = Ich habe sie angesehen und übernehme die Verantwortung.
override-sure = Gegen die Prüfungen veröffentlichen
withdraw = Zurückziehen
withdraw-help = Alle Links gehen sofort nicht mehr. Die Aufzeichnung bleibt, bis sie abläuft.
withdraw-sure = Ja, zurückziehen
report = Prüfbericht
report-none = Es gibt keinen Bericht.
report-failed = { $count } nicht bestanden
report-not-checked = { $count } nicht geprüft
report-passed = { $count } bestanden
report-reasons = Warum sie angehalten ist
report-wholly-hidden = Ganz verborgen, weil das Bild eine andere Form hatte. Sehen Sie hier nach:
report-regions = { $count ->
    [one] { $count } Bereich der Richtlinie
   *[other] { $count } Bereiche der Richtlinie
 }
check = Prüfung
verdict = Urteil
check-found = Gefunden
check-how = Wie
check-container = Aufbau der Datei
check-tracks = Spuren
check-metadata = Metadaten
check-hidden-areas = Verdeckte Bereiche
check-names-in-text = Namen in Texten
check-text-in-pictures = Text in Bildern
check-names-in-sound = Namen im Ton
check-transcript = Transkript
check-erased-people = Gelöschte Personen
verdict-passed = bestanden
verdict-failed = nicht bestanden
verdict-not-checked = nicht geprüft
stills = Bilder vorher und nachher
stills-help = Die Bilder links zeigen, was verborgen ist. Geben Sie sie nicht weiter.
still-before = Original bei { $time }
still-after = Ergebnis bei { $time }
unsaved = Nicht gespeichert
saving = Wird gespeichert …
saved = Gespeichert
transcript-help = Berichtigen Sie, was falsch verstanden wurde. Namen und Adressen, die Sie schreiben, werden wieder gesucht.
transcript-conflict = Jemand anderes hat das Transkript geändert. Laden Sie die Seite neu, aber kopieren Sie vorher Ihre Änderungen.
transcript-save = Transkript speichern
cue-at = Worte bei { $time }
links = Links
links-none = Es gibt noch keinen Link.
links-when-published = Links gibt es, sobald die Aufzeichnung veröffentlicht ist.
link-new = Neuer Link
link-label = Bezeichnung
link-label-hint = Nur Sie sehen sie.
link-days = Gültig, in Tagen
link-password = Passwort
link-password-hint = Leer für keines. Teilen Sie es auf anderem Weg mit als den Link.
link-most = Höchstens benutzbar
link-most-hint = Leer für beliebig oft.
link-audience = Für wen
link-allow = Herunterladen erlauben
link-submit = Link anlegen
link-fresh = Geben Sie diesen Link denen, die zusehen dürfen.
link-valid = Gültig
link-expired = Abgelaufen
link-revoked = Widerrufen
link-used-up = Aufgebraucht
link-until = bis { $day }
link-uses = { $count ->
    [0] nicht benutzt
    [one] einmal benutzt
   *[other] { $count }-mal benutzt
 }
link-uses-of = { $count }-mal von { $most } benutzt
link-password-yes = mit Passwort
link-password-no = ohne Passwort
link-made = Angelegt am
link-revoke-help = Der Link geht sofort nicht mehr, auch für alle, die gerade zusehen.
copy-link = Link kopieren
tags = Stichwörter
tags-hint = Wörter, durch Leerzeichen getrennt. Sie werden unverschlüsselt aufbewahrt: nennen Sie keine Personen.
title-hint = Wer einen Link hat, kann ihn sehen. Nennen Sie keine Personen.
recording-id = Kennung

# Ansehen
link-valid-until = verfügbar bis { $time }
video = Video
video-hide = Video ausblenden
video-show = Video einblenden
copy-time = Link zu dieser Stelle kopieren
downloads = Herunterladen
download-mp4 = Video, MP4
download-txt = Text, TXT
download-vtt = Untertitel, VTT
download-srt = Untertitel, SRT
follow-again = Dem Video folgen
search-words = Transkript durchsuchen
search-hits = { $at } von { $count }
search-no-hits = Nichts gefunden
hit-before = Vorheriger Treffer
hit-after = Nächster Treffer
cue-help = Eine Zeile drücken, um von dort abzuspielen. Pfeiltasten gehen von Zeile zu Zeile.
removed = entfernt
removed-help = Hier wurde etwas herausgenommen, das eine Person erkennen lässt.
link-asks = Diese Aufzeichnung verlangt ein Passwort
link-asks-help = Wer Ihnen den Link gegeben hat, kennt es.
link-wrong = Dieses Passwort stimmt nicht.
link-wait = { $count ->
    [one] Zu viele falsche Passwörter. Versuchen Sie es in { $count } Sekunde wieder.
   *[other] Zu viele falsche Passwörter. Versuchen Sie es in { $count } Sekunden wieder.
 }
link-open = Öffnen
closed-not-ready = Noch nicht fertig
closed-not-ready-help = Die Aufzeichnung wird vorbereitet. Ihr Link geht, sobald sie veröffentlicht ist.
closed-look-again = Noch einmal nachsehen
closed-expired = Dieser Link ist abgelaufen
closed-expired-help = Aufzeichnungen sind nur eine begrenzte Zeit verfügbar.
closed-revoked = Dieser Link wurde widerrufen
closed-revoked-help = Wer ihn Ihnen gegeben hat, bietet die Aufzeichnung hier nicht mehr an.
closed-used-up = Dieser Link ist aufgebraucht
closed-used-up-help = Er ließ sich nur begrenzt oft öffnen.
closed-unknown = Diesen Link gibt es nicht
closed-unknown-help = Vielleicht fehlt ein Teil der Adresse. Kopieren Sie den ganzen Link noch einmal.
closed-no-access = Sie haben keinen Zugang
closed-no-access-help = Die Aufzeichnung ist für andere bestimmt. Fragen Sie, wer Ihnen den Link gegeben hat.
closed-on = Beendet am { $day }.
closed-contact = Fragen? Wenden Sie sich an { $contact }.

# Datenschutz
alerts = { $count ->
    [one] { $count } Sache braucht Ihre Aufmerksamkeit
   *[other] { $count } Sachen brauchen Ihre Aufmerksamkeit
 }
alerts-none = Nichts braucht Ihre Aufmerksamkeit.
number-recordings = Aufzeichnungen
number-links = Gültige Links
number-holds = Sperren
number-erasures = Offene Löschungen
number-due = Gehen in 30 Tagen
swept = Zuletzt aufgeräumt:
sweep-late = Das Aufräumen ist überfällig.
stored-lead = Jede Aufzeichnung, wo ihre Dateien liegen und bis wann. Titel stehen hier nicht.
stored-none = Nichts ist gespeichert.
stored-amount = Menge
stored-where = Wo
consents-lead = Wer worin eingewilligt hat, unter der Bezeichnung, die die Aufzeichnung verwendet.
consents-choose = Wählen Sie eine Aufzeichnung.
consents-no-list = Diese Aufzeichnung hat keine Liste von Personen.
consents-unknown-help = „Nicht festgehalten“ heißt, dass es niemand aufgeschrieben hat, nicht dass jemand eingewilligt hat.
participant = Person
participant-role = Aufgabe
participant-organiser = Veranstaltung
participant-presenter = Vortrag
participant-moderator = Moderation
participant-attendee = Teilnahme
purpose-camera = Kamera
purpose-voice = Stimme
purpose-chat = Chat
purpose-transcript = Transkript
consent-unknown = nicht festgehalten
consent-given = eingewilligt
consent-refused = abgelehnt
consent-withdrawn = widerrufen
erasures-lead = Was gelöscht ist, kommt nicht zurück, auch nicht aus einer Sicherung. Jede Löschung endet mit einer signierten Bescheinigung.
erasure-new = Neue Löschung
erasure-recording = Aufzeichnung
erasure-recording-hint = Alles aus derselben Quelle geht mit, auch das Original.
erasure-person = Person
erasure-person-hint = Name oder E-Mail-Adresse, wie in den Listen der Personen.
erasure-tenant = Alles
erasure-look = Ansehen, was ginge
erasures-done = Bisherige Löschungen
erasures-none = Noch nichts wurde gelöscht.
erasure-certified = Bescheinigt
erasure-open = In Arbeit
erasure-certificate = Bescheinigung
erasure-preview = Was gelöscht würde
erasure-nothing = Es wurde nichts gefunden.
erasure-affected = { $count ->
    [one] { $count } Aufzeichnung ist betroffen
   *[other] { $count } Aufzeichnungen sind betroffen
 }
erasure-then = Danach
erasure-made-again = kann ohne die Person neu entstehen
erasure-for-good = für immer weg
erasure-not-searchable = { $count ->
    [one] { $count } Aufzeichnung hat keine Liste von Personen und konnte nicht durchsucht werden.
   *[other] { $count } Aufzeichnungen haben keine Liste von Personen und konnten nicht durchsucht werden.
 }
erasure-refused = Das kann jetzt nicht gelöscht werden.
erasure-sure = Für immer löschen?
erasure-sure-help = Schlüssel werden vernichtet. Niemand kann das zurückholen, weder Sie noch wir.
erasure-type = Zur Bestätigung { $word } eingeben
erasure-mistyped = Das war etwas anderes. Nichts wurde gelöscht.
erasure-submit = Für immer löschen
rules = Wie lange was aufbewahrt wird
rules-lead = Die kürzeste Regel gilt. Eine Regel für ein Stichwort kann nur verkürzen.
rule-class = Was
rule-tag = Stichwort
rule-tag-if-any = Nur mit diesem Stichwort
rule-all = alle
rule-period = Frist
rule-days = Tage
rule-default = voreingestellt
rule-new = Regel setzen
rule-new-help = Eine kürzere Frist gilt ab dem nächsten Aufräumen.
rule-set = Regel setzen
rule-remove-help = Von jetzt an gilt wieder die Voreinstellung.
class-raw = Originale
class-raw-help = Originale und Zwischenstücke: sie zeigen, was verborgen ist.
class-published = Aufzeichnungen
class-published-help = Aufzeichnung, Bericht und Nachweis.
class-transcript = Transkripte
class-transcript-help = Nie länger als die Aufzeichnung.
class-attendance = Listen von Personen
class-attendance-help = Wer dabei war und worin eingewilligt hat.
class-log = Protokoll
class-log-help = Worte des Protokolls und aufgehobener Sperren.
holds = Sperren
holds-lead = Was gesperrt ist, wird weder aufgeräumt noch gelöscht, was auch immer die Regeln sagen.
holds-none = Nichts ist gesperrt.
hold-all = Alle Aufzeichnungen
hold-new = Sperre setzen
hold-place = Sperren
hold-placed = seit { $day }, genehmigt von { $approver }
hold-recording-hint = Leer, um alles zu sperren.
hold-release = Aufheben
hold-release-help = Was inzwischen fällig ist, geht beim nächsten Aufräumen.
audit-export = Exportieren
audit-verification = Verifikation
audit-verify = Jetzt verifizieren
audit-not-verified = noch nicht verifiziert
audit-whole = unversehrt: nichts wurde geändert oder ausgelassen
audit-broken = beschädigt: etwas wurde geändert oder ausgelassen
audit-help = Das Protokoll ist ein signierter Merkle-Baum. Ein Export lässt sich ohne diesen Server verifizieren.
audit-all = Alle anzeigen
audit-none = Es gibt keinen Eintrag.
audit-older = Ältere Einträge
audit-when = Wann
audit-who = Wer
audit-what = Was
audit-blank = gelöscht; der Platz im Baum bleibt
places-lead = An einen abgelehnten Ort wird nichts geschrieben.
places-none = Es ist kein Ort eingerichtet.
places-check = Jetzt prüfen
place-what = Wofür
place-host = Host
place-region = Region
place-allowed = im EWR
place-declared = laut Betrieb
place-unknown = unbekannt
place-refused = abgelehnt

# Verwaltung
user-active = Aktiv
user-invited = Eingeladen
user-locked-out = Ausgesperrt
user-disabled = Abgeschaltet
user-seen = zuletzt da:
user-roles = Rollen
user-enable = Einschalten
user-disable = Abschalten
user-disable-help = Die Person wird sofort abgemeldet und kann sich nicht anmelden. Ihre Token gehen nicht mehr.
user-invite = Jemanden einladen
user-invite-submit = Einladen
user-invitation = Geben Sie diesen Link der eingeladenen Person. Er gilt einmal und wird nicht noch einmal gezeigt.
webhooks-lead = Scrim benachrichtigt diese Adressen per POST, wenn etwas geschieht. Nachrichten sind signiert und enthalten nur Kennungen.
webhooks-none = Keine Adresse wird benachrichtigt.
webhook-new = Neuer Webhook
webhook-url = Adresse
webhook-events = Ereignisse
webhook-submit = Hinzufügen
webhook-secret = Mit diesem Geheimnis werden Nachrichten signiert. Es wird nicht noch einmal gezeigt.
webhook-waiting = { $count ->
    [0] keine Nachricht wartet
    [one] { $count } Nachricht wartet
   *[other] { $count } Nachrichten warten
 }
webhook-remove-help = Nachrichten, die warten, werden verworfen.
delivery-none = noch nichts gesendet
delivery-done = zugestellt
delivery-retrying = neuer Versuch
delivery-given-up = aufgegeben
health-well = Alles geht.
health-ill = Etwas geht nicht.
health-part = Teil
health-up = geht
health-down = geht nicht
health-running = Laufende Aufträge
health-waiting = Wartende Aufträge
health-free = Frei zum Arbeiten
health-since = läuft seit

# Was schiefging
failure-back = Zu den Aufzeichnungen
failure-request = Wenn Sie um Hilfe bitten, nennen Sie diese Kennung:
failure-invalid = Etwas in diesem Formular stimmt nicht
failure-invalid-help = Gehen Sie zurück und sehen Sie es noch einmal durch.
failure-signed-out = Sie sind nicht angemeldet
failure-signed-out-help = Vielleicht ist Ihre Sitzung beendet.
failure-forbidden = Das dürfen Sie nicht
failure-forbidden-help = Ihre Rollen erlauben es nicht. Die Administration kann sie ändern.
failure-unknown = Hier ist nichts
failure-unknown-help = Vielleicht wurde es gelöscht, oder es gehört Ihnen nicht.
failure-conflict = Jemand anderes war schneller
failure-conflict-help = Gehen Sie zurück, laden Sie die Seite neu und sehen Sie, was sich geändert hat.
failure-too-large = Das ist zu groß
failure-too-large-help = Versuchen Sie es mit weniger.
failure-too-many = Zu viele Anfragen
failure-too-many-help = Warten Sie kurz, dann versuchen Sie es noch einmal.
failure-unavailable = Zurzeit nicht verfügbar
failure-unavailable-help = Etwas, das Scrim braucht, ist nicht erreichbar. Versuchen Sie es später.
failure-over = Dieser Link gilt nicht mehr
failure-over-help = Er wurde schon benutzt, oder seine Zeit ist um. Bitten Sie die Person, die ihn geschickt hat, um einen neuen.
failure-refused = Das wurde abgelehnt
failure-refused-help = Gehen Sie zurück und versuchen Sie es anders.
failure-internal = Hier ist etwas schiefgegangen
failure-internal-help = Das liegt an uns, nicht an Ihnen. Nichts wurde dadurch veröffentlicht.

# What was just done, and what is wrong with a form.
flash-saved = Gespeichert.
flash-published = Veröffentlicht.
flash-withdrawn = Zurückgezogen. Niemand bekommt es mehr.
flash-link-made = Der Link ist angelegt.
flash-link-revoked = Der Link funktioniert nicht mehr.
flash-password-changed = Das Passwort ist geändert. Melden Sie sich mit dem neuen an.
flash-signed-out-everywhere = Sie sind überall abgemeldet.
flash-token-revoked = Das Token funktioniert nicht mehr.
flash-retried = Es wird noch einmal versucht.
flash-cancelled = Der Auftrag ist abgebrochen.
flash-rule-saved = Die Regel ist gespeichert.
flash-hold-placed = Die Sperre gilt.
flash-hold-released = Die Sperre ist aufgehoben.
flash-erased = Gelöscht. Der Nachweis steht unten.
error-login = E-Mail-Adresse oder Passwort ist falsch.
error-locked = Es gab zu viele falsche Versuche. Warten Sie { $seconds } Sekunden.
error-passwords-differ = Die beiden Passwörter stimmen nicht überein.
error-password-short = Das Passwort ist zu kurz. Wählen Sie mindestens 15 Zeichen, etwa vier Wörter.
error-password-long = Das Passwort ist zu lang. Wählen Sie höchstens 128 Zeichen.
error-password-easy = Das Passwort ist zu leicht zu erraten.
error-password-current = Das ist nicht Ihr Passwort.
error-email = Das ist keine E-Mail-Adresse.
error-email-taken = Es gibt schon ein Konto mit dieser Adresse.
error-form = Etwas in diesem Formular stimmt nicht: { $field }.
erasure-step-frozen = Zurückgezogen
erasure-step-listed = Alles gefunden
erasure-step-objects = Dateien gelöscht
erasure-step-rows = Einträge gelöscht
erasure-step-shredded = Schlüssel vernichtet
erasure-step-proven = Abwesenheit nachgewiesen
erasure-step-certified = Nachweis unterschrieben

# Mail. The address of a page stands below it.
mail-recording-ready-subject = Eine Aufzeichnung ist bereit
mail-recording-ready = Eine Aufzeichnung ist verarbeitet und wartet auf Ihre Entscheidung. Sehen Sie sie hier an:
mail-recording-held-subject = Eine Aufzeichnung wird zurückgehalten
mail-recording-held = Die Prüfungen haben etwas gefunden, das nicht veröffentlicht werden darf. Sehen Sie es hier an:
mail-recording-failed-subject = Eine Aufzeichnung konnte nicht verarbeitet werden
mail-recording-failed = Beim Verarbeiten einer Aufzeichnung ist etwas schiefgegangen. Was es war und was zu tun ist, steht hier:
mail-recording-expiring-subject = Aufzeichnungen laufen bald ab
mail-recording-expiring = Veröffentlichte Aufzeichnungen werden innerhalb von sieben Tagen gelöscht, wie es die Aufbewahrungsregeln vorsehen. Wer eine davon noch braucht, kann sie exportieren oder die Datenschutzbeauftragten um eine Sperre bitten. Sie stehen hier:
mail-security-alert-subject = Scrim: Bitte sehen Sie nach
mail-alert-sign-in-locked = Für ein Konto wurden zu viele falsche Passwörter versucht. Es ist eine Zeit lang gesperrt. Sehen Sie hier nach:
mail-alert-administrator-added = Ein Konto hat die Rolle Administration erhalten. Prüfen Sie hier, ob das stimmt:
mail-alert-gate-overridden = Eine Aufzeichnung wurde veröffentlicht, obwohl die Prüfungen sie zurückgehalten hatten. Den Grund lesen Sie hier:
mail-alert-retention-sweep-failed = Was abgelaufen ist, konnte nicht gelöscht werden. Sehen Sie hier nach:
mail-alert-audit-not-intact = Das Audit-Protokoll ist nicht so, wie es geschrieben wurde: Etwas wurde geändert oder weggelassen. Lassen Sie die Maschine, wie sie ist, und sehen Sie hier nach:
mail-alert-store-unreachable = Der Speicher der Aufzeichnungen antwortet nicht. Bis er es tut, kann nichts verarbeitet oder geöffnet werden. Sehen Sie hier nach:
mail-alert-keys-unreachable = Die Schlüsselverwaltung antwortet nicht. Bis sie es tut, kann nichts verarbeitet oder geöffnet werden. Sehen Sie hier nach:
mail-why = Sie erhalten diese Nachricht, weil Sie ein Konto bei Scrim haben.
