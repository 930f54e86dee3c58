# Partout
skip-to-content = Aller au contenu
language = Langue
imprint = Mentions légales
privacy = Confidentialité
sign-out = Se déconnecter
actions = Actions
save = Enregistrer
search = Rechercher
show = Afficher
remove = Retirer
revoke = Révoquer
copy = Copier
copied = Copié
never = jamais
or = ou
name = Nom
email = Adresse e-mail
title = Titre
untitled = Enregistrement sans titre
recording = Enregistrement
state = État
length = Durée
created = Créé le
expires = Expire le
expires-on = expire le { $day }
details = Détails
reason = Motif
reason-if-any = Motif, si vous souhaitez en donner un
approver = Approuvé par
on-hold = Gelé
next-page = Page suivante
on-this-page = Sur cette page
needs-modules = Cette page a besoin de JavaScript.
unreachable = Le serveur est injoignable. Rien n’est perdu ; réessayez.
what-to-do = Que faire :
word-unknown = inconnu
keep-all = Tout garder
count-recordings = { $count ->
    [one] { $count } enregistrement
   *[other] { $count } enregistrements
 }
count-artefacts = { $count ->
    [one] { $count } fichier
   *[other] { $count } fichiers
 }
count-days = { $count ->
    [one] { $count } jour
   *[other] { $count } jours
 }
count-entries = { $count ->
    [one] { $count } entrée
   *[other] { $count } entrées
 }

# Navigation
nav-main = Navigation principale
nav-section = Rubrique
nav-recordings = Enregistrements
nav-upload = Téléverser
nav-protection = Protection des données
nav-administration = Administration
nav-overview = Vue d’ensemble
nav-stored = Ce qui est conservé
nav-consents = Consentements
nav-erasures = Effacements
nav-retention = Conservation
nav-audit = Journal d’audit
nav-places = Lieux
nav-users = Personnes
nav-webhooks = Webhooks
nav-health = Santé
nav-account = Compte
nav-tokens = Jetons d’API

# Entrées
setup-title = Installer Scrim
setup-lead = Vous créez ici le premier compte d’administration. Le lien qui vous a amené ici ne sert qu’une fois.
setup-submit = Créer le compte
login-title = Connexion
login-submit = Se connecter
login-provider = Se connecter avec { $provider }
login-help = Pas de compte, ou mot de passe oublié ? Demandez une invitation à l’administration.
invite-title = Bienvenue dans Scrim
invite-lead = Choisissez un mot de passe pour { $email }.
invite-submit = Commencer
password = Mot de passe
current-password = Mot de passe actuel
new-password = Nouveau mot de passe
new-password-hint = Au moins 15 caractères. Quelques mots sans rapport entre eux conviennent bien.
password-again = Le même mot de passe encore une fois

# Compte
account-language = Langue des pages
account-sessions = Où vous êtes connecté
account-sessions-count = { $count ->
    [one] Vous n’êtes connecté qu’ici.
   *[other] Vous êtes connecté { $count } fois, ce navigateur compris.
 }
account-sign-out-everywhere = Se déconnecter partout
account-password = Changer le mot de passe
account-password-help = Vous restez connecté ici et êtes déconnecté partout ailleurs.
account-password-submit = Changer le mot de passe
tokens-lead = Avec un jeton, des programmes agissent en votre nom. Ne donnez à chacun que les droits dont il a besoin.
tokens-fresh = Copiez ce jeton maintenant. Il ne sera plus affiché.
tokens-none = Vous n’avez pas de jeton.
tokens-new = Nouveau jeton
tokens-name = Nom
tokens-name-hint = Ce qui l’utilise, par exemple « envoi de nuit ».
tokens-scopes = Droits
tokens-days = Valable, en jours
tokens-until = Valable jusqu’au
tokens-used = Dernière utilisation
tokens-over = N’est plus valable
tokens-submit = Créer le jeton
tokens-revoke-help = Tout ce qui utilise ce jeton cesse aussitôt de fonctionner.

# Rôles
role-organiser = Organisation
role-organiser-help = Téléverse, vérifie et publie des enregistrements, et crée des liens.
role-editor = Rédaction
role-editor-help = Prépare des enregistrements et corrige des transcriptions. Ne publie pas.
role-attendee = Participation
role-attendee-help = Regarde les enregistrements publiés.
role-dpo = Protection des données
role-dpo-help = Voit ce qui est conservé, fixe les durées, efface. Ne publie pas.
role-auditor = Audit
role-auditor-help = Lit le journal d’audit et ne change rien.
role-operator = Exploitation
role-operator-help = Fait tourner la machine et ne voit aucun contenu.
role-administrator = Administration
role-administrator-help = Attribue comptes et rôles et ne voit aucun contenu.

# Enregistrements
state-waiting = En attente
state-processing = En cours
state-review = À vérifier
state-held = Retenu
state-published = Publié
state-failed = Échec
state-withdrawn = Retiré
state-original = Original
tile-review = À vérifier
tile-originals = Originaux
recordings-by-state = Enregistrements par état
recordings-search = Rechercher dans les titres et étiquettes
recordings-all = Tout afficher
recordings-none = Aucun enregistrement ne correspond.
recordings-new-title = Pas encore d’enregistrement
recordings-new-lead = D’un ancien enregistrement à un autre qui peut être publié, en quatre étapes.
recordings-way-upload = Téléversez l’enregistrement tel quel.
recordings-way-draw = Dessinez ce qui peut être vu. Tout le reste est masqué.
recordings-way-check = Regardez le résultat et ce qui a été vérifié.
recordings-way-link = Publiez-le et distribuez des liens qui expirent.
recordings-new-button = Téléverser le premier enregistrement

# Téléversement
upload-lead = Prenez le fichier tel qu’il est sorti du webinaire. Vous choisirez ensuite ce qui en sera visible.
upload-choose = Choisir des fichiers
upload-drop = ou déposez-les ici
upload-most = Jusqu’à { $size } chacun. Vidéo et son, entre autres MP4, MKV et WebM.
upload-title = Titre
upload-start = Lancer l’envoi
upload-pause = Suspendre
upload-resume = Reprendre
upload-remove = Retirer
upload-go = Choisir ce qui est visible
upload-waiting = Prêt
upload-sending = Envoi en cours
upload-paused = Suspendu
upload-retrying = La connexion a été coupée. Nouvel essai.
upload-finishing = Vérification et chiffrement
upload-done = Terminé
upload-failed = Échec
upload-resumed = Reprend là où il s’était arrêté
upload-too-large = Ce fichier dépasse { $size }.
upload-no-recording = Ce n’est pas un enregistrement que Scrim sait lire.
upload-damaged = Le fichier est endommagé.
upload-refused = Le fichier a été refusé. Son contenu n’est pas admis ici.
upload-what-happens = Ce que devient le fichier
upload-fact-sealed = Il est chiffré dès son arrivée. Aucune copie en clair ne reste sur un disque.
upload-fact-hidden = Personne ne l’obtient. On ne voit jamais que l’enregistrement qui en est tiré.
upload-fact-kept = { $count ->
    [one] Il est supprimé après { $count } jour, sauf s’il est gelé.
   *[other] Il est supprimé après { $count } jours, sauf s’il est gelé.
 }
upload-fact-title = Le titre peut être vu. Le nom du fichier n’est pas gardé.

# Zones
regions-title = Choisir ce qui est visible
regions = Zones
regions-none = Aucune zone. Rien de l’image ne sera visible.
regions-no-picture = Cet enregistrement n’a que du son. Les zones ne s’y appliquent pas.
frame-title = Original
frame-alt = Image de l’original au moment choisi
frame-missing = Cette image n’a pas pu être chargée.
overlay-label = Zones sur l’image
legend-kept = visible
legend-hidden = masqué : tout ce qu’aucune zone ne montre
tools = Outils
undo = Annuler
redo = Rétablir
time = Temps
ten-earlier = 10 secondes avant
ten-later = 10 secondes après
templates = Partir de
template-stage = Scène, liste à gauche
template-slides = Diapositives seules
template-speaker = Orateur et diapositives
template-sound = Son seul
template-saved = Règles enregistrées
name-stage = Scène
name-people = Personnes
name-slides = Diapositives
name-speaker = Orateur
name-policy = Webinaire
region = Zone
region-new = Nouvelle zone
region-new-name = Zone { $number }
region-label = { $name } : { $action }
region-place = { $left } depuis la gauche, { $top } depuis le haut,
region-size = largeur { $width }, hauteur { $height }
region-removed = { $name } : supprimée
region-elsewhen = pas à ce moment
region-name = Nom
region-kind = Contient
region-action = Ce qui se passe
region-rect = Place, en pour cent de l’image
rect-left = Gauche
rect-top = Haut
rect-width = Largeur
rect-height = Hauteur
region-span = Quand, en secondes
span-from = De
span-to = À
span-end = fin
span-now = Ici
region-delete = Supprimer la zone
kind-stage = Scène
kind-slides = Diapositives
kind-camera = Caméra
kind-participant-list = Liste des participants
kind-chat = Discussion
kind-notes = Notes
kind-poll = Sondage
kind-toast = Message éphémère
kind-other = Autre chose
action-keep = Montrer
action-keep-help = L’image se voit telle quelle.
action-hide = Découper
action-hide-help = L’espace se referme et ce qui est montré se rapproche.
action-fill = Couvrir
action-fill-help = Une surface unie prend sa place.
action-blur = Dépolir
action-blur-help = Ressemble à du verre dépoli. C’est dessiné à neuf et ne contient rien de l’image.
action-initials = Initiales
action-initials-help = Couvert, puis les initiales de la liste des personnes y sont dessinées.
keys-title = Clavier
keys-short = N crée une zone. Les flèches déplacent la zone choisie, avec Maj elles changent sa taille, avec Alt par petits pas. Suppr la supprime. Les crochets en choisissent une autre.
keys-new = nouvelle zone
keys-tab = à la zone suivante
keys-choose = choisir la zone précédente ou suivante
keys-move = déplacer de 1 %
keys-resize = changer la taille de 1 %
keys-fine = de 0,1 %
keys-delete = supprimer la zone
keys-undo = annuler, avec Maj rétablir
result-title = Résultat
preview-alt = Aperçu du résultat au moment choisi
preview-none = L’aperçu apparaît dès qu’une zone est montrée.
preview-rendering = Dessin …
preview-fresh = À jour
preview-refused = Pas encore utilisable
policy-title = Règles
policy-name = Nom des règles
policy-name-hint = Il figure dans la preuve. N’y mettez aucun nom de personne.
policy-save = Enregistrer les règles
policy-saved = Enregistré, version { $version }
policy-unsaved = Non enregistré
names-show = Noms des personnes
names-initials = Initiales, comme A.K.
names-hidden = Pas du tout
names-full = En entier
names-hint = Dans l’image et dans la transcription.
output-size = Taille du résultat
output-same = Comme l’original
process-title = Traitement
process-start = Traiter
process-starting = Lancement …
process-again = Traiter à nouveau
speech-language = Langue parlée
speech-auto = La reconnaître
transcript = Transcription
transcript-make = Écrire une transcription
transcript-none-here = Aucun modèle de parole n’est installé.
roster = Personnes qui ont pris part
roster-hint = CSV avec les colonnes name, email et role. Leurs noms sont remplacés dans l’image et la transcription. La liste est conservée chiffrée.
roster-file = ou depuis un fichier

# Tâche
job-title = Traitement
job-stages = Étapes
job-queued = En attente
job-running = En cours
job-done = Terminé
job-held = Retenu
job-failed = Échec
job-cancelled = Arrêté
job-failed-at = Échec à cette étape : { $stage }
job-code = Code pour le journal :
job-other-regions = Changer les zones
job-again = Traiter à nouveau
job-held-help = C’est terminé, mais une vérification a trouvé quelque chose. Personne ne l’obtient avant que vous l’ayez regardé.
job-cancelled-help = Quelqu’un l’a arrêté. L’original est toujours là.
job-share = Avancement de cette étape
job-speed = { $speed }× le temps réel
job-left = reste { $time }
job-leave = Vous pouvez fermer cette page. Le traitement continue.
job-connection-lost = Pas de connexion. Nouvel essai.
job-cancel = Arrêter
job-cancel-help = Ce qui est déjà fait servira au prochain essai. L’original reste.
job-cancel-sure = Arrêter le traitement
job-review = Voir le résultat
job-created = Demandé le
retry = Réessayer
stage-hash = Identifier la source
stage-probe = Lire sa structure
stage-render = Nettoyer l’image
stage-transcribe = Écrire la transcription
stage-assemble = Assembler et chiffrer
stage-verify = Vérifier les fichiers finis
stage-publish = Décider
stage-state-done = terminé
stage-state-current = en cours
stage-state-failed = échec
stage-state-ahead = à venir

# Vérification
review-look = Regarder
before = Avant
after = Après
show-before = Comparer avec l’original
wipe = Séparation
before-alt = L’original à ce moment
before-help = L’original montre des personnes. Il ne sert qu’à la vérification et ne part jamais avec un lien.
captions = Sous-titres
decision = Décision
decision-review = Aucune vérification n’a rien trouvé. Regardez et écoutez vous-même, puis publiez.
decision-held = Une vérification a trouvé quelque chose.
decision-held-help = Voyez le rapport. En général, d’autres zones ou une transcription corrigée suffisent.
decision-published = Les personnes qui ont un lien valable peuvent le regarder.
decision-withdrawn = Personne ne peut le regarder. Les liens ne fonctionnent pas.
decision-other = Il n’y a encore rien à décider.
publish = Approuver et publier
publish-help = Dès maintenant, des liens peuvent être créés. Vous pouvez le retirer à tout moment.
publish-sure = Oui, publier
publish-others = C’est l’organisation qui publie.
override = Publier quand même …
override-warning = Selon les vérifications, cet enregistrement expose quelque chose.
override-help = Votre nom, l’heure et le motif sont inscrits au journal d’audit, et la protection des données est prévenue.
override-tick = Je l’ai regardé et j’en prends la responsabilité.
override-sure = Publier malgré les vérifications
withdraw = Retirer
withdraw-help = Tous les liens cessent aussitôt de fonctionner. L’enregistrement reste jusqu’à son expiration.
withdraw-sure = Oui, retirer
report = Rapport de vérification
report-none = Il n’y a pas de rapport.
report-failed = échec : { $count }
report-not-checked = non vérifié : { $count }
report-passed = réussi : { $count }
report-reasons = Pourquoi il est retenu
report-wholly-hidden = Masqué entièrement, car l’image avait une autre forme. Regardez ici :
report-regions = { $count ->
    [one] { $count } zone des règles
   *[other] { $count } zones des règles
 }
check = Vérification
verdict = Verdict
check-found = Trouvé
check-how = Comment
check-container = Structure du fichier
check-tracks = Pistes
check-metadata = Métadonnées
check-hidden-areas = Zones masquées
check-names-in-text = Noms dans les textes
check-text-in-pictures = Texte dans les images
check-names-in-sound = Noms dans le son
check-transcript = Transcription
check-erased-people = Personnes effacées
verdict-passed = réussie
verdict-failed = échec
verdict-not-checked = non faite
stills = Images avant et après
stills-help = Les images de gauche montrent ce qui est masqué. Ne les transmettez pas.
still-before = Original à { $time }
still-after = Résultat à { $time }
unsaved = Non enregistré
saving = Enregistrement …
saved = Enregistré
transcript-help = Corrigez ce qui a été mal compris. Les noms et adresses que vous écrivez sont recherchés à nouveau.
transcript-conflict = Quelqu’un d’autre a changé la transcription. Rechargez la page, mais copiez d’abord vos changements.
transcript-save = Enregistrer la transcription
cue-at = Paroles à { $time }
links = Liens
links-none = Il n’y a pas encore de lien.
links-when-published = Les liens viennent une fois l’enregistrement publié.
link-new = Nouveau lien
link-label = Libellé
link-label-hint = Vous seul le voyez.
link-days = Valable, en jours
link-password = Mot de passe
link-password-hint = Vide pour aucun. Donnez-le par une autre voie que le lien.
link-most = Utilisations au plus
link-most-hint = Vide pour autant que l’on veut.
link-audience = Pour qui
link-allow = Autoriser le téléchargement
link-submit = Créer le lien
link-fresh = Donnez ce lien à celles et ceux qui peuvent regarder.
link-valid = Valable
link-expired = Expiré
link-revoked = Révoqué
link-used-up = Épuisé
link-until = jusqu’au { $day }
link-uses = { $count ->
    [0] pas utilisé
    [one] utilisé une fois
   *[other] utilisé { $count } fois
 }
link-uses-of = utilisé { $count } fois sur { $most }
link-password-yes = avec mot de passe
link-password-no = sans mot de passe
link-made = Créé le
link-revoke-help = Le lien cesse aussitôt de fonctionner, aussi pour les personnes qui regardent.
copy-link = Copier le lien
tags = Étiquettes
tags-hint = Des mots séparés par des espaces. Elles sont gardées en clair : n’y mettez aucun nom.
title-hint = Les personnes qui ont un lien peuvent le voir. N’y mettez aucun nom.
recording-id = Identifiant

# Public
link-valid-until = disponible jusqu’au { $time }
video = Vidéo
video-hide = Masquer la vidéo
video-show = Afficher la vidéo
copy-time = Copier le lien vers ce moment
downloads = Téléchargements
download-mp4 = Vidéo, MP4
download-txt = Texte, TXT
download-vtt = Sous-titres, VTT
download-srt = Sous-titres, SRT
follow-again = Suivre la vidéo
search-words = Rechercher dans la transcription
search-hits = { $at } sur { $count }
search-no-hits = Rien trouvé
hit-before = Résultat précédent
hit-after = Résultat suivant
cue-help = Appuyez sur une ligne pour écouter à partir de là. Les flèches passent d’une ligne à l’autre.
removed = retiré
removed-help = Ici, quelque chose qui identifie une personne a été retiré.
link-asks = Cet enregistrement demande un mot de passe
link-asks-help = La personne qui vous a donné le lien le connaît.
link-wrong = Ce mot de passe n’est pas le bon.
link-wait = { $count ->
    [one] Trop de mots de passe faux. Réessayez dans { $count } seconde.
   *[other] Trop de mots de passe faux. Réessayez dans { $count } secondes.
 }
link-open = Ouvrir
closed-not-ready = Pas encore prêt
closed-not-ready-help = L’enregistrement est en préparation. Votre lien fonctionnera dès qu’il sera publié.
closed-look-again = Regarder à nouveau
closed-expired = Ce lien a expiré
closed-expired-help = Les enregistrements ne sont disponibles qu’un temps limité.
closed-revoked = Ce lien a été révoqué
closed-revoked-help = La personne qui vous l’a donné ne propose plus l’enregistrement ici.
closed-used-up = Ce lien est épuisé
closed-used-up-help = Il ne pouvait être ouvert qu’un nombre limité de fois.
closed-unknown = Ce lien n’existe pas
closed-unknown-help = Il manque peut-être une partie de l’adresse. Copiez à nouveau le lien entier.
closed-no-access = Vous n’avez pas accès
closed-no-access-help = L’enregistrement est destiné à d’autres. Demandez à la personne qui vous a donné le lien.
closed-on = Terminé le { $day }.
closed-contact = Des questions ? Adressez-vous à { $contact }.

# Protection des données
alerts = { $count ->
    [one] { $count } point demande votre attention
   *[other] { $count } points demandent votre attention
 }
alerts-none = Rien ne demande votre attention.
number-recordings = Enregistrements
number-links = Liens valables
number-holds = Gels
number-erasures = Effacements en cours
number-due = Partent sous 30 jours
swept = Dernier nettoyage :
sweep-late = Le nettoyage est en retard.
stored-lead = Chaque enregistrement, où sont ses fichiers et jusqu’à quand. Les titres ne sont pas montrés ici.
stored-none = Rien n’est conservé.
stored-amount = Quantité
stored-where = Où
consents-lead = Qui a consenti à quoi, sous le nom que l’enregistrement lui donne.
consents-choose = Choisissez un enregistrement.
consents-no-list = Cet enregistrement n’a pas de liste de personnes.
consents-unknown-help = « Non noté » veut dire que personne ne l’a écrit, non que quelqu’un a consenti.
participant = Participant
participant-role = Part
participant-organiser = Organisation
participant-presenter = Exposé
participant-moderator = Modération
participant-attendee = Participation
purpose-camera = Caméra
purpose-voice = Voix
purpose-chat = Discussion
purpose-transcript = Transcription
consent-unknown = non noté
consent-given = accepté
consent-refused = refusé
consent-withdrawn = repris
erasures-lead = Ce qui est effacé ne revient pas, pas même d’une sauvegarde. Chaque effacement se termine par un certificat signé.
erasure-new = Nouvel effacement
erasure-recording = Enregistrement
erasure-recording-hint = Tout ce qui vient de la même source part avec lui, l’original compris.
erasure-person = Personne
erasure-person-hint = Nom ou adresse e-mail, comme dans les listes de personnes.
erasure-tenant = Tout
erasure-look = Voir ce qui partirait
erasures-done = Effacements jusqu’ici
erasures-none = Rien n’a encore été effacé.
erasure-certified = Certifié
erasure-open = En cours
erasure-certificate = Certificat
erasure-preview = Ce qui serait effacé
erasure-nothing = Rien n’a été trouvé.
erasure-affected = { $count ->
    [one] { $count } enregistrement est touché
   *[other] { $count } enregistrements sont touchés
 }
erasure-then = Ensuite
erasure-made-again = peut être refait sans la personne
erasure-for-good = parti pour toujours
erasure-not-searchable = { $count ->
    [one] { $count } enregistrement n’a pas de liste de personnes et n’a pas pu être fouillé.
   *[other] { $count } enregistrements n’ont pas de liste de personnes et n’ont pas pu être fouillés.
 }
erasure-refused = Cela ne peut pas être effacé maintenant.
erasure-sure = Effacer pour toujours ?
erasure-sure-help = Des clés sont détruites. Personne ne peut revenir en arrière, ni vous ni nous.
erasure-type = Écrivez { $word } pour confirmer
erasure-mistyped = C’était autre chose. Rien n’a été effacé.
erasure-submit = Effacer pour toujours
rules = Combien de temps chaque chose est gardée
rules-lead = La règle la plus courte l’emporte. Une règle pour une étiquette ne peut que raccourcir.
rule-class = Quoi
rule-tag = Étiquette
rule-tag-if-any = Seulement avec cette étiquette
rule-all = toutes
rule-period = Durée
rule-days = Jours
rule-default = par défaut
rule-new = Fixer une règle
rule-new-help = Une durée plus courte prend effet au prochain nettoyage.
rule-set = Fixer la règle
rule-remove-help = La valeur par défaut s’applique de nouveau dès maintenant.
class-raw = Originaux
class-raw-help = Originaux et pièces de travail : ils montrent ce qui est masqué.
class-published = Enregistrements
class-published-help = Enregistrement, rapport et preuve.
class-transcript = Transcriptions
class-transcript-help = Jamais plus longtemps que l’enregistrement.
class-attendance = Listes de personnes
class-attendance-help = Qui a pris part et consenti à quoi.
class-log = Journal
class-log-help = Mots du journal et des gels levés.
holds = Gels
holds-lead = Ce qui est gelé n’est ni nettoyé ni effacé, quoi que disent les règles.
holds-none = Rien n’est gelé.
hold-all = Tous les enregistrements
hold-new = Poser un gel
hold-place = Geler
hold-placed = depuis le { $day }, approuvé par { $approver }
hold-recording-hint = Vide pour tout geler.
hold-release = Lever
hold-release-help = Ce qui est échu d’ici là part au prochain nettoyage.
audit-export = Exporter
audit-verification = Vérification
audit-verify = Vérifier maintenant
audit-not-verified = pas encore vérifié
audit-whole = intact : rien n’a été changé ni omis
audit-broken = rompu : quelque chose a été changé ou omis
audit-help = Le journal est un arbre de Merkle signé. Un export se vérifie sans ce serveur.
audit-all = Tout afficher
audit-none = Il n’y a pas d’entrée.
audit-older = Entrées plus anciennes
audit-when = Quand
audit-who = Qui
audit-what = Quoi
audit-blank = effacé ; la place dans l’arbre demeure
places-lead = Rien n’est écrit dans un lieu refusé.
places-none = Aucun lieu n’est configuré.
places-check = Vérifier maintenant
place-what = Pour
place-host = Hôte
place-region = Région
place-allowed = dans l’EEE
place-declared = déclaré par l’exploitation
place-unknown = inconnu
place-refused = refusé

# Administration
user-active = Actif
user-invited = Invité
user-locked-out = Bloqué
user-disabled = Désactivé
user-seen = vu la dernière fois :
user-roles = Rôles
user-enable = Activer
user-disable = Désactiver
user-disable-help = La personne est aussitôt déconnectée et ne peut plus se connecter. Ses jetons cessent de fonctionner.
user-invite = Inviter quelqu’un
user-invite-submit = Inviter
user-invitation = Donnez ce lien à la personne invitée. Il ne sert qu’une fois et ne sera plus affiché.
webhooks-lead = Scrim prévient ces adresses par POST quand quelque chose se passe. Les messages sont signés et ne contiennent que des identifiants.
webhooks-none = Aucune adresse n’est prévenue.
webhook-new = Nouveau webhook
webhook-url = Adresse
webhook-events = Événements
webhook-submit = Ajouter
webhook-secret = Les messages sont signés avec ce secret. Il ne sera plus affiché.
webhook-waiting = { $count ->
    [0] aucun message en attente
    [one] { $count } message en attente
   *[other] { $count } messages en attente
 }
webhook-remove-help = Les messages en attente sont abandonnés.
delivery-none = rien d’envoyé encore
delivery-done = remis
delivery-retrying = nouvel essai
delivery-given-up = abandonné
health-well = Tout fonctionne.
health-ill = Quelque chose ne fonctionne pas.
health-part = Élément
health-up = fonctionne
health-down = en panne
health-running = Tâches en cours
health-waiting = Tâches en attente
health-free = Libre pour travailler
health-since = en marche depuis le

# Ce qui a échoué
failure-back = Aux enregistrements
failure-request = Si vous demandez de l’aide, donnez cet identifiant :
failure-invalid = Quelque chose ne va pas dans ce formulaire
failure-invalid-help = Revenez en arrière et regardez-le encore une fois.
failure-signed-out = Vous n’êtes pas connecté
failure-signed-out-help = Votre session est peut-être terminée.
failure-forbidden = Vous n’avez pas le droit de faire cela
failure-forbidden-help = Vos rôles ne le permettent pas. L’administration peut les changer.
failure-unknown = Il n’y a rien ici
failure-unknown-help = Cela a peut-être été supprimé, ou ne vous appartient pas.
failure-conflict = Quelqu’un a été plus rapide
failure-conflict-help = Revenez, rechargez la page et voyez ce qui a changé.
failure-too-large = C’est trop grand
failure-too-large-help = Essayez avec moins.
failure-too-many = Trop de demandes
failure-too-many-help = Attendez un instant, puis réessayez.
failure-unavailable = Indisponible pour le moment
failure-unavailable-help = Quelque chose dont Scrim a besoin est injoignable. Réessayez plus tard.
failure-over = Ce lien n’est plus valable
failure-over-help = Il a déjà servi, ou son délai est passé. Demandez-en un autre à la personne qui l’a envoyé.
failure-refused = Cela a été refusé
failure-refused-help = Revenez en arrière et essayez autrement.
failure-internal = Quelque chose a échoué ici
failure-internal-help = C’est notre faute, pas la vôtre. Rien n’a été publié de ce fait.

# What was just done, and what is wrong with a form.
flash-saved = Enregistré.
flash-published = Publié.
flash-withdrawn = Retiré. Plus personne ne peut l’obtenir.
flash-link-made = Le lien est créé.
flash-link-revoked = Le lien ne fonctionne plus.
flash-password-changed = Le mot de passe est changé. Connectez-vous avec le nouveau.
flash-signed-out-everywhere = Vous êtes déconnecté partout.
flash-token-revoked = Le jeton ne fonctionne plus.
flash-retried = Une nouvelle tentative commence.
flash-cancelled = La tâche est abandonnée.
flash-rule-saved = La règle est enregistrée.
flash-hold-placed = La conservation est en vigueur.
flash-hold-released = La conservation est levée.
flash-erased = Effacé. Le certificat se trouve ci-dessous.
error-login = L’adresse e-mail ou le mot de passe est incorrect.
error-locked = Il y a eu trop d’essais erronés. Attendez { $seconds } secondes.
error-passwords-differ = Les deux mots de passe diffèrent.
error-password-short = Le mot de passe est trop court. Choisissez au moins 15 caractères, par exemple quatre mots.
error-password-long = Le mot de passe est trop long. Choisissez au plus 128 caractères.
error-password-easy = Le mot de passe est trop facile à deviner.
error-password-current = Ce n’est pas votre mot de passe.
error-email = Ce n’est pas une adresse e-mail.
error-email-taken = Un compte existe déjà avec cette adresse.
error-form = Quelque chose ne va pas dans ce formulaire : { $field }.
erasure-step-frozen = Retiré
erasure-step-listed = Tout est trouvé
erasure-step-objects = Fichiers supprimés
erasure-step-rows = Entrées supprimées
erasure-step-shredded = Clés détruites
erasure-step-proven = Absence prouvée
erasure-step-certified = Certificat signé

# Mail. The address of a page stands below it.
mail-recording-ready-subject = Un enregistrement est prêt
mail-recording-ready = Un enregistrement est traité et attend votre décision. Regardez-le ici :
mail-recording-held-subject = Un enregistrement est retenu
mail-recording-held = Les contrôles ont trouvé quelque chose qui ne doit pas être publié. Regardez-le ici :
mail-recording-failed-subject = Un enregistrement n’a pas pu être traité
mail-recording-failed = Le traitement d’un enregistrement a échoué. Ce qui s’est passé et ce qu’il faut faire est indiqué ici :
mail-recording-expiring-subject = Des enregistrements expirent bientôt
mail-recording-expiring = Des enregistrements publiés seront supprimés dans les sept jours, comme le prévoient les règles de conservation. Si l’un d’eux est encore utile, il peut être exporté, ou une suspension demandée à la personne déléguée à la protection des données. La liste est ici :
mail-security-alert-subject = Scrim : à vérifier, s’il vous plaît
mail-alert-sign-in-locked = Trop de mots de passe erronés ont été essayés pour un compte. Il est bloqué pour un moment. Regardez ici :
mail-alert-administrator-added = Un compte a reçu le rôle d’administration. Vérifiez ici si c’est voulu :
mail-alert-gate-overridden = Un enregistrement a été publié alors que les contrôles l’avaient retenu. Le motif est ici :
mail-alert-retention-sweep-failed = Ce qui est arrivé à échéance n’a pas pu être supprimé. Regardez ici :
mail-alert-audit-not-intact = Le journal d’audit n’est pas tel qu’il a été écrit : quelque chose a été modifié ou omis. Laissez la machine en l’état et regardez ici :
mail-alert-store-unreachable = Le stockage des enregistrements ne répond pas. D’ici là, rien ne peut être traité ni ouvert. Regardez ici :
mail-alert-keys-unreachable = La gestion des clés ne répond pas. D’ici là, rien ne peut être traité ni ouvert. Regardez ici :
mail-why = Vous recevez ce message parce que vous avez un compte Scrim.
