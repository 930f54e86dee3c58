# Ovunque
skip-to-content = Vai al contenuto
language = Lingua
imprint = Note legali
privacy = Privacy
sign-out = Esci
actions = Azioni
save = Salva
search = Cerca
show = Mostra
remove = Rimuovi
revoke = Revoca
copy = Copia
copied = Copiato
never = mai
or = oppure
name = Nome
email = Indirizzo e-mail
title = Titolo
untitled = Registrazione senza titolo
recording = Registrazione
state = Stato
length = Durata
created = Creata il
expires = Scade il
expires-on = scade il { $day }
details = Dettagli
reason = Motivo
reason-if-any = Motivo, se vuoi indicarlo
approver = Approvato da
on-hold = Bloccata
next-page = Pagina successiva
on-this-page = In questa pagina
needs-modules = Questa pagina ha bisogno di JavaScript.
unreachable = Il server non risponde. Nulla è perduto; riprova.
what-to-do = Che cosa fare:
word-unknown = sconosciuto
keep-all = Conserva tutto
count-recordings = { $count ->
    [one] { $count } registrazione
   *[other] { $count } registrazioni
 }
count-artefacts = { $count ->
    [one] { $count } file
   *[other] { $count } file
 }
count-days = { $count ->
    [one] { $count } giorno
   *[other] { $count } giorni
 }
count-entries = { $count ->
    [one] { $count } voce
   *[other] { $count } voci
 }

# Navigazione
nav-main = Navigazione principale
nav-section = Sezione
nav-recordings = Registrazioni
nav-upload = Carica
nav-protection = Protezione dei dati
nav-administration = Amministrazione
nav-overview = Panoramica
nav-stored = Che cosa è conservato
nav-consents = Consensi
nav-erasures = Cancellazioni
nav-retention = Conservazione
nav-audit = Registro di controllo
nav-places = Luoghi
nav-users = Persone
nav-webhooks = Webhook
nav-health = Salute
nav-account = Account
nav-tokens = Token API

# Ingressi
setup-title = Configura Scrim
setup-lead = Qui nasce il primo account di amministrazione. Il link che ti ha portato qui vale una volta sola.
setup-submit = Crea l’account
login-title = Accesso
login-submit = Accedi
login-provider = Accedi con { $provider }
login-help = Nessun account, o password dimenticata? Chiedi un invito all’amministrazione.
invite-title = Benvenuti in Scrim
invite-lead = Scegli una password per { $email }.
invite-submit = Inizia
password = Password
current-password = Password attuale
new-password = Nuova password
new-password-hint = Almeno 15 caratteri. Vanno bene alcune parole senza legame tra loro.
password-again = La stessa password ancora una volta

# Account
account-language = Lingua delle pagine
account-sessions = Dove hai effettuato l’accesso
account-sessions-count = { $count ->
    [one] Hai effettuato l’accesso solo qui.
   *[other] Hai effettuato l’accesso { $count } volte, compreso questo browser.
 }
account-sign-out-everywhere = Esci ovunque
account-password = Cambia password
account-password-help = Qui resti collegato, altrove vieni scollegato.
account-password-submit = Cambia password
tokens-lead = Con un token i programmi agiscono a tuo nome. Dai a ciascuno solo i permessi che gli servono.
tokens-fresh = Copia ora questo token. Non sarà più mostrato.
tokens-none = Non hai token.
tokens-new = Nuovo token
tokens-name = Nome
tokens-name-hint = Che cosa lo usa, per esempio «caricamento notturno».
tokens-scopes = Permessi
tokens-days = Valido per giorni
tokens-until = Valido fino al
tokens-used = Ultimo uso
tokens-over = Non più valido
tokens-submit = Crea token
tokens-revoke-help = Tutto ciò che usa questo token smette subito di funzionare.

# Ruoli
role-organiser = Organizzazione
role-organiser-help = Carica, controlla e pubblica registrazioni e crea link.
role-editor = Redazione
role-editor-help = Prepara registrazioni e corregge trascrizioni. Non pubblica.
role-attendee = Partecipazione
role-attendee-help = Guarda le registrazioni pubblicate.
role-dpo = Protezione dei dati
role-dpo-help = Vede che cosa è conservato, fissa i periodi, cancella. Non pubblica.
role-auditor = Revisione
role-auditor-help = Legge il registro di controllo e non cambia nulla.
role-operator = Gestione
role-operator-help = Fa funzionare la macchina e non vede contenuti.
role-administrator = Amministrazione
role-administrator-help = Assegna account e ruoli e non vede contenuti.

# Registrazioni
state-waiting = In attesa
state-processing = In corso
state-review = Da controllare
state-held = Trattenuta
state-published = Pubblicata
state-failed = Non riuscita
state-withdrawn = Ritirata
state-original = Originale
tile-review = Da controllare
tile-originals = Originali
recordings-by-state = Registrazioni per stato
recordings-search = Cerca in titoli ed etichette
recordings-all = Mostra tutte
recordings-none = Nessuna registrazione corrisponde.
recordings-new-title = Ancora nessuna registrazione
recordings-new-lead = Da una vecchia registrazione a una che si può pubblicare, in quattro passi.
recordings-way-upload = Carica la registrazione così com’è.
recordings-way-draw = Disegna che cosa si può vedere. Tutto il resto è nascosto.
recordings-way-check = Guarda il risultato e che cosa è stato controllato.
recordings-way-link = Pubblicala e distribuisci link che scadono.
recordings-new-button = Carica la prima registrazione

# Caricamento
upload-lead = Prendi il file così come è uscito dal webinar. Subito dopo scegli che cosa se ne vede.
upload-choose = Scegli i file
upload-drop = oppure trascinali qui
upload-most = Fino a { $size } ciascuno. Video e audio, tra gli altri MP4, MKV e WebM.
upload-title = Titolo
upload-start = Avvia il caricamento
upload-pause = Sospendi
upload-resume = Riprendi
upload-remove = Rimuovi
upload-go = Scegli che cosa si vede
upload-waiting = Pronto
upload-sending = Caricamento in corso
upload-paused = Sospeso
upload-retrying = La connessione è caduta. Nuovo tentativo.
upload-finishing = Controllo e cifratura
upload-done = Fatto
upload-failed = Non riuscito
upload-resumed = Riprende da dove si era fermato
upload-too-large = Questo file supera { $size }.
upload-no-recording = Non è una registrazione che Scrim sa leggere.
upload-damaged = Il file è danneggiato.
upload-refused = Il file è stato rifiutato. Il suo contenuto qui non è ammesso.
upload-what-happens = Che cosa succede al file
upload-fact-sealed = È cifrato mentre arriva. Nessuna copia in chiaro resta su un disco.
upload-fact-hidden = Nessuno lo riceve. Si vede sempre e solo la registrazione che ne deriva.
upload-fact-kept = { $count ->
    [one] Viene eliminato dopo { $count } giorno, a meno che non sia bloccato.
   *[other] Viene eliminato dopo { $count } giorni, a meno che non sia bloccato.
 }
upload-fact-title = Il titolo si può vedere. Il nome del file non viene conservato.

# Aree
regions-title = Scegli che cosa si vede
regions = Aree
regions-none = Ancora nessuna area. Dell’immagine non si vedrà nulla.
regions-no-picture = Questa registrazione ha solo audio. Le aree non la riguardano.
frame-title = Originale
frame-alt = Immagine dell’originale nel momento scelto
frame-missing = Non è stato possibile caricare questa immagine.
overlay-label = Aree sull’immagine
legend-kept = visibile
legend-hidden = nascosto: tutto ciò che nessuna area mostra
tools = Strumenti
undo = Annulla
redo = Ripeti
time = Tempo
ten-earlier = 10 secondi prima
ten-later = 10 secondi dopo
templates = Parti da
template-stage = Scena, elenco a sinistra
template-slides = Solo diapositive
template-speaker = Relatore e diapositive
template-sound = Solo audio
template-saved = Regole salvate
name-stage = Scena
name-people = Persone
name-slides = Diapositive
name-speaker = Relatore
name-policy = Webinar
region = Area
region-new = Nuova area
region-new-name = Area { $number }
region-label = { $name }: { $action }
region-place = { $left } da sinistra, { $top } dall’alto,
region-size = larghezza { $width }, altezza { $height }
region-removed = { $name }: eliminata
region-elsewhen = non in questo momento
region-name = Nome
region-kind = Contiene
region-action = Che cosa succede
region-rect = Posizione, in percento dell’immagine
rect-left = Sinistra
rect-top = Alto
rect-width = Larghezza
rect-height = Altezza
region-span = Quando, in secondi
span-from = Da
span-to = A
span-end = fine
span-now = Ora
region-delete = Elimina area
kind-stage = Scena
kind-slides = Diapositive
kind-camera = Telecamera
kind-participant-list = Elenco dei partecipanti
kind-chat = Chat
kind-notes = Appunti
kind-poll = Sondaggio
kind-toast = Messaggio a comparsa
kind-other = Altro
action-keep = Mostra
action-keep-help = L’immagine si vede così com’è.
action-hide = Ritaglia
action-hide-help = Lo spazio si chiude e ciò che si vede si avvicina.
action-fill = Copri
action-fill-help = Al suo posto c’è una superficie uniforme.
action-blur = Satina
action-blur-help = Sembra vetro satinato. È disegnato da capo e non contiene nulla dell’immagine.
action-initials = Iniziali
action-initials-help = Coperta, poi vi si disegnano le iniziali dell’elenco delle persone.
keys-title = Tastiera
keys-short = N crea un’area. Le frecce spostano quella scelta, con Maiusc ne cambiano la misura, con Alt a piccoli passi. Canc la elimina. Le parentesi quadre ne scelgono un’altra.
keys-new = nuova area
keys-tab = all’area successiva
keys-choose = scegli l’area precedente o successiva
keys-move = sposta dell’1 %
keys-resize = cambia misura dell’1 %
keys-fine = dello 0,1 %
keys-delete = elimina l’area
keys-undo = annulla, con Maiusc ripeti
result-title = Risultato
preview-alt = Anteprima del risultato nel momento scelto
preview-none = L’anteprima appare appena si mostra un’area.
preview-rendering = Disegno …
preview-fresh = Aggiornata
preview-refused = Così non si può ancora usare
policy-title = Regole
policy-name = Nome delle regole
policy-name-hint = Sta scritto nella prova. Non mettere nomi di persone.
policy-save = Salva le regole
policy-saved = Salvate, versione { $version }
policy-unsaved = Non salvate
names-show = Nomi delle persone
names-initials = Iniziali, come A.K.
names-hidden = Per niente
names-full = Per intero
names-hint = Nell’immagine e nella trascrizione.
output-size = Misura del risultato
output-same = Come l’originale
process-title = Elaborazione
process-start = Elabora
process-starting = Avvio …
process-again = Elabora di nuovo
speech-language = Lingua parlata
speech-auto = Riconoscila
transcript = Trascrizione
transcript-make = Scrivi una trascrizione
transcript-none-here = Nessun modello vocale è installato.
roster = Chi ha preso parte
roster-hint = CSV con le colonne name, email e role. I nomi vengono sostituiti nell’immagine e nella trascrizione. L’elenco è conservato cifrato.
roster-file = oppure da un file

# Lavoro
job-title = Elaborazione
job-stages = Passi
job-queued = In attesa
job-running = In corso
job-done = Fatto
job-held = Trattenuta
job-failed = Non riuscita
job-cancelled = Interrotta
job-failed-at = Non riuscita in questo passo: { $stage }
job-code = Codice per il registro:
job-other-regions = Cambia le aree
job-again = Elabora di nuovo
job-held-help = È finita, ma un controllo ha trovato qualcosa. Nessuno la riceve prima che tu l’abbia guardata.
job-cancelled-help = Qualcuno l’ha interrotta. L’originale c’è ancora.
job-share = Avanzamento di questo passo
job-speed = { $speed }× il tempo reale
job-left = restano { $time }
job-leave = Puoi chiudere questa pagina. L’elaborazione continua.
job-connection-lost = Nessuna connessione. Nuovo tentativo.
job-cancel = Interrompi
job-cancel-help = Ciò che è già fatto serve per il prossimo tentativo. L’originale resta.
job-cancel-sure = Interrompi l’elaborazione
job-review = Guarda il risultato
job-created = Richiesta il
retry = Riprova
stage-hash = Riconoscere la fonte
stage-probe = Leggerne la struttura
stage-render = Ripulire l’immagine
stage-transcribe = Scrivere la trascrizione
stage-assemble = Comporre e cifrare
stage-verify = Controllare i file finiti
stage-publish = Decidere
stage-state-done = fatto
stage-state-current = in corso
stage-state-failed = non riuscito
stage-state-ahead = da fare

# Controllo
review-look = Guarda
before = Prima
after = Dopo
show-before = Confronta con l’originale
wipe = Divisione
before-alt = L’originale in questo momento
before-help = L’originale mostra persone. Serve solo per il controllo e non esce mai con un link.
captions = Sottotitoli
decision = Decisione
decision-review = Nessun controllo ha trovato nulla. Guarda e ascolta tu stesso, poi pubblica.
decision-held = Un controllo ha trovato qualcosa.
decision-held-help = Vedi il rapporto. Di solito bastano altre aree o una trascrizione corretta.
decision-published = Chi ha un link valido può guardarla.
decision-withdrawn = Nessuno può guardarla. I link non funzionano.
decision-other = Non c’è ancora nulla da decidere.
publish = Approva e pubblica
publish-help = Da ora si possono creare link. Puoi ritirarla in ogni momento.
publish-sure = Sì, pubblica
publish-others = La pubblica l’organizzazione.
override = Pubblica comunque …
override-warning = Secondo i controlli questa registrazione espone qualcosa.
override-help = Il tuo nome, l’ora e il motivo finiscono nel registro di controllo, e la protezione dei dati viene avvisata.
override-tick = L’ho guardata e me ne assumo la responsabilità.
override-sure = Pubblica contro i controlli
withdraw = Ritira
withdraw-help = Tutti i link smettono subito di funzionare. La registrazione resta fino alla scadenza.
withdraw-sure = Sì, ritira
report = Rapporto dei controlli
report-none = Non c’è un rapporto.
report-failed = non superati: { $count }
report-not-checked = non fatti: { $count }
report-passed = superati: { $count }
report-reasons = Perché è trattenuta
report-wholly-hidden = Nascosto del tutto, perché l’immagine aveva un’altra forma. Guarda qui:
report-regions = { $count ->
    [one] { $count } area delle regole
   *[other] { $count } aree delle regole
 }
check = Controllo
verdict = Esito
check-found = Trovato
check-how = Come
check-container = Struttura del file
check-tracks = Tracce
check-metadata = Metadati
check-hidden-areas = Aree nascoste
check-names-in-text = Nomi nei testi
check-text-in-pictures = Testo nelle immagini
check-names-in-sound = Nomi nel suono
check-transcript = Trascrizione
check-erased-people = Persone cancellate
verdict-passed = superato
verdict-failed = non superato
verdict-not-checked = non fatto
stills = Immagini prima e dopo
stills-help = Le immagini a sinistra mostrano ciò che è nascosto. Non inoltrarle.
still-before = Originale a { $time }
still-after = Risultato a { $time }
unsaved = Non salvata
saving = Salvataggio …
saved = Salvata
transcript-help = Correggi ciò che è stato frainteso. I nomi e gli indirizzi che scrivi vengono cercati di nuovo.
transcript-conflict = Qualcun altro ha cambiato la trascrizione. Ricarica la pagina, ma prima copia le tue modifiche.
transcript-save = Salva la trascrizione
cue-at = Parole a { $time }
links = Link
links-none = Non c’è ancora un link.
links-when-published = I link si creano quando la registrazione è pubblicata.
link-new = Nuovo link
link-label = Etichetta
link-label-hint = La vedi solo tu.
link-days = Valido per giorni
link-password = Password
link-password-hint = Vuoto per nessuna. Comunicala per un’altra via rispetto al link.
link-most = Usi al massimo
link-most-hint = Vuoto per quanti si vuole.
link-audience = Per chi
link-allow = Permetti di scaricare
link-submit = Crea link
link-fresh = Dai questo link a chi può guardare.
link-valid = Valido
link-expired = Scaduto
link-revoked = Revocato
link-used-up = Esaurito
link-until = fino al { $day }
link-uses = { $count ->
    [0] non usato
    [one] usato una volta
   *[other] usato { $count } volte
 }
link-uses-of = usato { $count } volte su { $most }
link-password-yes = con password
link-password-no = senza password
link-made = Creato il
link-revoke-help = Il link smette subito di funzionare, anche per chi sta guardando.
copy-link = Copia link
tags = Etichette
tags-hint = Parole separate da spazi. Sono conservate in chiaro: non mettere nomi.
title-hint = Chi ha un link può vederlo. Non mettere nomi.
recording-id = Identificativo

# Pubblico
link-valid-until = disponibile fino al { $time }
video = Video
video-hide = Nascondi il video
video-show = Mostra il video
copy-time = Copia il link a questo momento
downloads = Scarica
download-mp4 = Video, MP4
download-txt = Testo, TXT
download-vtt = Sottotitoli, VTT
download-srt = Sottotitoli, SRT
follow-again = Segui il video
search-words = Cerca nella trascrizione
search-hits = { $at } di { $count }
search-no-hits = Nulla trovato
hit-before = Risultato precedente
hit-after = Risultato successivo
cue-help = Premi una riga per ascoltare da lì. Le frecce passano da una riga all’altra.
removed = rimosso
removed-help = Qui è stato tolto qualcosa che identifica una persona.
link-asks = Questa registrazione chiede una password
link-asks-help = La conosce chi ti ha dato il link.
link-wrong = Questa password non è giusta.
link-wait = { $count ->
    [one] Troppe password sbagliate. Riprova tra { $count } secondo.
   *[other] Troppe password sbagliate. Riprova tra { $count } secondi.
 }
link-open = Apri
closed-not-ready = Non ancora pronta
closed-not-ready-help = La registrazione è in preparazione. Il link funzionerà appena sarà pubblicata.
closed-look-again = Guarda di nuovo
closed-expired = Questo link è scaduto
closed-expired-help = Le registrazioni sono disponibili solo per un tempo limitato.
closed-revoked = Questo link è stato revocato
closed-revoked-help = Chi te lo ha dato non offre più qui la registrazione.
closed-used-up = Questo link è esaurito
closed-used-up-help = Si poteva aprire solo un numero limitato di volte.
closed-unknown = Questo link non esiste
closed-unknown-help = Forse manca una parte dell’indirizzo. Copia di nuovo il link intero.
closed-no-access = Non hai accesso
closed-no-access-help = La registrazione è per altre persone. Chiedi a chi ti ha dato il link.
closed-on = Terminato il { $day }.
closed-contact = Domande? Rivolgiti a { $contact }.

# Protezione dei dati
alerts = { $count ->
    [one] { $count } cosa richiede la tua attenzione
   *[other] { $count } cose richiedono la tua attenzione
 }
alerts-none = Nulla richiede la tua attenzione.
number-recordings = Registrazioni
number-links = Link validi
number-holds = Blocchi
number-erasures = Cancellazioni in corso
number-due = Vanno via entro 30 giorni
swept = Ultima pulizia:
sweep-late = La pulizia è in ritardo.
stored-lead = Ogni registrazione, dove sono i suoi file e fino a quando. I titoli qui non si vedono.
stored-none = Nulla è conservato.
stored-amount = Quantità
stored-where = Dove
consents-lead = Chi ha acconsentito a che cosa, con il nome che la registrazione gli dà.
consents-choose = Scegli una registrazione.
consents-no-list = Questa registrazione non ha un elenco di persone.
consents-unknown-help = «Non annotato» vuol dire che nessuno lo ha scritto, non che qualcuno ha acconsentito.
participant = Partecipante
participant-role = Parte
participant-organiser = Organizzazione
participant-presenter = Relazione
participant-moderator = Moderazione
participant-attendee = Partecipazione
purpose-camera = Telecamera
purpose-voice = Voce
purpose-chat = Chat
purpose-transcript = Trascrizione
consent-unknown = non annotato
consent-given = acconsentito
consent-refused = rifiutato
consent-withdrawn = ritirato
erasures-lead = Ciò che è cancellato non torna, nemmeno da un backup. Ogni cancellazione finisce con un certificato firmato.
erasure-new = Nuova cancellazione
erasure-recording = Registrazione
erasure-recording-hint = Va via con essa tutto ciò che viene dalla stessa fonte, compreso l’originale.
erasure-person = Persona
erasure-person-hint = Nome o indirizzo e-mail, come negli elenchi delle persone.
erasure-tenant = Tutto
erasure-look = Vedi che cosa andrebbe via
erasures-done = Cancellazioni finora
erasures-none = Nulla è stato ancora cancellato.
erasure-certified = Certificata
erasure-open = In corso
erasure-certificate = Certificato
erasure-preview = Che cosa verrebbe cancellato
erasure-nothing = Nulla è stato trovato.
erasure-affected = { $count ->
    [one] { $count } registrazione è interessata
   *[other] { $count } registrazioni sono interessate
 }
erasure-then = Dopo
erasure-made-again = si può rifare senza la persona
erasure-for-good = perduta per sempre
erasure-not-searchable = { $count ->
    [one] { $count } registrazione non ha un elenco di persone e non si è potuta esaminare.
   *[other] { $count } registrazioni non hanno un elenco di persone e non si sono potute esaminare.
 }
erasure-refused = Ora non si può cancellare.
erasure-sure = Cancellare per sempre?
erasure-sure-help = Le chiavi vengono distrutte. Nessuno può tornare indietro, né tu né noi.
erasure-type = Scrivi { $word } per confermare
erasure-mistyped = Era qualcos’altro. Nulla è stato cancellato.
erasure-submit = Cancella per sempre
rules = Per quanto tempo si conserva che cosa
rules-lead = Vince la regola più breve. Una regola per un’etichetta può solo abbreviare.
rule-class = Che cosa
rule-tag = Etichetta
rule-tag-if-any = Solo con questa etichetta
rule-all = tutte
rule-period = Periodo
rule-days = Giorni
rule-default = predefinito
rule-new = Fissa una regola
rule-new-help = Un periodo più breve vale dalla prossima pulizia.
rule-set = Fissa la regola
rule-remove-help = Da ora vale di nuovo il valore predefinito.
class-raw = Originali
class-raw-help = Originali e parti di lavoro: mostrano ciò che è nascosto.
class-published = Registrazioni
class-published-help = Registrazione, rapporto e prova.
class-transcript = Trascrizioni
class-transcript-help = Mai più a lungo della registrazione.
class-attendance = Elenchi di persone
class-attendance-help = Chi ha preso parte e a che cosa ha acconsentito.
class-log = Registro
class-log-help = Parole del registro e dei blocchi tolti.
holds = Blocchi
holds-lead = Ciò che è bloccato non viene né eliminato né cancellato, qualunque cosa dicano le regole.
holds-none = Nulla è bloccato.
hold-all = Tutte le registrazioni
hold-new = Metti un blocco
hold-place = Blocca
hold-placed = dal { $day }, approvato da { $approver }
hold-recording-hint = Vuoto per bloccare tutto.
hold-release = Togli il blocco
hold-release-help = Ciò che nel frattempo è scaduto va via con la prossima pulizia.
audit-export = Esporta
audit-verification = Verifica
audit-verify = Verifica ora
audit-not-verified = non ancora verificato
audit-whole = integro: nulla è stato cambiato o omesso
audit-broken = compromesso: qualcosa è stato cambiato o omesso
audit-help = Il registro è un albero di Merkle firmato. Un’esportazione si verifica senza questo server.
audit-all = Mostra tutto
audit-none = Non c’è nessuna voce.
audit-older = Voci più vecchie
audit-when = Quando
audit-who = Chi
audit-what = Che cosa
audit-blank = cancellata; il posto nell’albero rimane
places-lead = In un luogo rifiutato non si scrive nulla.
places-none = Nessun luogo è configurato.
places-check = Controlla ora
place-what = Per
place-host = Host
place-region = Regione
place-allowed = nel SEE
place-declared = dichiarato dalla gestione
place-unknown = sconosciuto
place-refused = rifiutato

# Amministrazione
user-active = Attivo
user-invited = Invitato
user-locked-out = Escluso
user-disabled = Disattivato
user-seen = visto l’ultima volta:
user-roles = Ruoli
user-enable = Attiva
user-disable = Disattiva
user-disable-help = La persona viene subito scollegata e non può accedere. I suoi token smettono di funzionare.
user-invite = Invita qualcuno
user-invite-submit = Invita
user-invitation = Dai questo link alla persona invitata. Vale una volta e non sarà più mostrato.
webhooks-lead = Quando succede qualcosa, Scrim avvisa questi indirizzi con POST. I messaggi sono firmati e contengono solo identificativi.
webhooks-none = Nessun indirizzo viene avvisato.
webhook-new = Nuovo webhook
webhook-url = Indirizzo
webhook-events = Eventi
webhook-submit = Aggiungi
webhook-secret = I messaggi sono firmati con questo segreto. Non sarà più mostrato.
webhook-waiting = { $count ->
    [0] nessun messaggio in attesa
    [one] { $count } messaggio in attesa
   *[other] { $count } messaggi in attesa
 }
webhook-remove-help = I messaggi in attesa vengono scartati.
delivery-none = ancora nulla inviato
delivery-done = consegnato
delivery-retrying = nuovo tentativo
delivery-given-up = abbandonato
health-well = Tutto funziona.
health-ill = Qualcosa non funziona.
health-part = Parte
health-up = funziona
health-down = non funziona
health-running = Lavori in corso
health-waiting = Lavori in attesa
health-free = Libero per lavorare
health-since = in funzione dal

# Che cosa è andato storto
failure-back = Alle registrazioni
failure-request = Se chiedi aiuto, indica questo identificativo:
failure-invalid = Qualcosa in questo modulo non va
failure-invalid-help = Torna indietro e guardalo ancora una volta.
failure-signed-out = Non hai effettuato l’accesso
failure-signed-out-help = Forse la tua sessione è finita.
failure-forbidden = Non puoi farlo
failure-forbidden-help = I tuoi ruoli non lo permettono. L’amministrazione può cambiarli.
failure-unknown = Qui non c’è nulla
failure-unknown-help = Forse è stato eliminato, o non è tuo.
failure-conflict = Qualcun altro è stato più veloce
failure-conflict-help = Torna indietro, ricarica la pagina e guarda che cosa è cambiato.
failure-too-large = È troppo grande
failure-too-large-help = Prova con meno.
failure-too-many = Troppe richieste
failure-too-many-help = Aspetta un momento, poi riprova.
failure-unavailable = Al momento non disponibile
failure-unavailable-help = Qualcosa di cui Scrim ha bisogno non risponde. Riprova più tardi.
failure-over = Questo link non è più valido
failure-over-help = È già stato usato, o il suo tempo è passato. Chiedine un altro a chi lo ha inviato.
failure-refused = È stato rifiutato
failure-refused-help = Torna indietro e prova in un altro modo.
failure-internal = Qui qualcosa è andato storto
failure-internal-help = È colpa nostra, non tua. Nulla è stato pubblicato per questo.

# What was just done, and what is wrong with a form.
flash-saved = Salvato.
flash-published = Pubblicato.
flash-withdrawn = Ritirato. Nessuno può più ottenerlo.
flash-link-made = Il link è stato creato.
flash-link-revoked = Il link non funziona più.
flash-password-changed = La password è cambiata. Accedi con quella nuova.
flash-signed-out-everywhere = Hai chiuso tutte le sessioni.
flash-token-revoked = Il token non funziona più.
flash-retried = Si riprova.
flash-cancelled = L’attività è stata interrotta.
flash-rule-saved = La regola è stata salvata.
flash-hold-placed = Il blocco è in vigore.
flash-hold-released = Il blocco è stato tolto.
flash-erased = Cancellato. Il certificato è qui sotto.
error-login = L’indirizzo e-mail o la password non è corretto.
error-locked = Troppi tentativi sbagliati. Attendi { $seconds } secondi.
error-passwords-differ = Le due password sono diverse.
error-password-short = La password è troppo corta. Scegli almeno 15 caratteri, ad esempio quattro parole.
error-password-long = La password è troppo lunga. Scegli al massimo 128 caratteri.
error-password-easy = La password è troppo facile da indovinare.
error-password-current = Questa non è la tua password.
error-email = Questo non è un indirizzo e-mail.
error-email-taken = Esiste già un account con questo indirizzo.
error-form = Qualcosa in questo modulo non va: { $field }.
erasure-step-frozen = Ritirato
erasure-step-listed = Tutto individuato
erasure-step-objects = File eliminati
erasure-step-rows = Voci eliminate
erasure-step-shredded = Chiavi distrutte
erasure-step-proven = Assenza dimostrata
erasure-step-certified = Certificato firmato

# Mail. The address of a page stands below it.
mail-recording-ready-subject = Una registrazione è pronta
mail-recording-ready = Una registrazione è stata elaborata e attende la sua decisione. La guardi qui:
mail-recording-held-subject = Una registrazione è trattenuta
mail-recording-held = I controlli hanno trovato qualcosa che non deve essere pubblicato. Lo guardi qui:
mail-recording-failed-subject = Non è stato possibile elaborare una registrazione
mail-recording-failed = Qualcosa è andato storto durante l’elaborazione di una registrazione. Che cosa è successo e che cosa fare si legge qui:
mail-recording-expiring-subject = Alcune registrazioni scadono tra poco
mail-recording-expiring = Alcune registrazioni pubblicate saranno eliminate entro sette giorni, come prevedono le regole di conservazione. Chi ne ha ancora bisogno può esportarle o chiedere un blocco al responsabile della protezione dei dati. Sono elencate qui:
mail-security-alert-subject = Scrim: da verificare
mail-alert-sign-in-locked = Per un account sono state provate troppe password errate. È bloccato per un po’. Guardi qui:
mail-alert-administrator-added = Un account ha ricevuto il ruolo di amministrazione. Verifichi qui se è corretto:
mail-alert-gate-overridden = Una registrazione è stata pubblicata benché i controlli l’avessero trattenuta. Il motivo si legge qui:
mail-alert-retention-sweep-failed = Non è stato possibile eliminare ciò che è scaduto. Guardi qui:
mail-alert-audit-not-intact = Il registro di audit non è come è stato scritto: qualcosa è stato modificato o omesso. Lasci la macchina com’è e guardi qui:
mail-alert-store-unreachable = L’archivio delle registrazioni non risponde. Fino ad allora non si può elaborare né aprire nulla. Guardi qui:
mail-alert-keys-unreachable = La gestione delle chiavi non risponde. Fino ad allora non si può elaborare né aprire nulla. Guardi qui:
mail-why = Riceve questo messaggio perché ha un account Scrim.
