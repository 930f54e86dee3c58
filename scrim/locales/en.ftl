# Everywhere
skip-to-content = Skip to content
language = Language
imprint = Imprint
privacy = Privacy
sign-out = Sign out
actions = Actions
save = Save
search = Search
show = Show
remove = Remove
revoke = Revoke
copy = Copy
copied = Copied
never = never
or = or
name = Name
email = E-mail address
title = Title
untitled = Untitled recording
recording = Recording
state = State
length = Length
created = Created
expires = Expires
expires-on = expires on { $day }
details = Details
reason = Reason
reason-if-any = Reason, if you want to give one
approver = Approved by
on-hold = On hold
next-page = Next page
on-this-page = On this page
needs-modules = This page needs JavaScript.
unreachable = The server cannot be reached. Nothing is lost; try again.
what-to-do = What to do:
word-unknown = unknown
keep-all = Keep everything
count-recordings = { $count ->
    [one] { $count } recording
   *[other] { $count } recordings
 }
count-artefacts = { $count ->
    [one] { $count } file
   *[other] { $count } files
 }
count-days = { $count ->
    [one] { $count } day
   *[other] { $count } days
 }
count-entries = { $count ->
    [one] { $count } entry
   *[other] { $count } entries
 }

# Navigation
nav-main = Main
nav-section = Section
nav-recordings = Recordings
nav-upload = Upload
nav-protection = Data protection
nav-administration = Administration
nav-overview = Overview
nav-stored = What is stored
nav-consents = Consents
nav-erasures = Erasures
nav-retention = Retention
nav-audit = Audit log
nav-places = Places
nav-users = People
nav-webhooks = Webhooks
nav-health = Health
nav-account = Account
nav-tokens = API tokens

# Ways in
setup-title = Set up Scrim
setup-lead = This makes the first administrator. The link that brought you here works once.
setup-submit = Create administrator
login-title = Sign in
login-submit = Sign in
login-provider = Sign in with { $provider }
login-help = No account, or password forgotten? Ask your administrator for an invitation.
invite-title = Welcome to Scrim
invite-lead = Choose a password for { $email }.
invite-submit = Start
password = Password
current-password = Current password
new-password = New password
new-password-hint = At least 15 characters. A few unrelated words make a good one.
password-again = The same password again

# Account
account-language = Language of the pages
account-sessions = Where you are signed in
account-sessions-count = { $count ->
    [one] You are signed in here only.
   *[other] You are signed in { $count } times, this browser included.
 }
account-sign-out-everywhere = Sign out everywhere
account-password = Change password
account-password-help = You stay signed in here and are signed out everywhere else.
account-password-submit = Change password
tokens-lead = Programs use a token in your name. Give each one only the scopes that it needs.
tokens-fresh = Copy this token now. It is not shown again.
tokens-none = You have no tokens.
tokens-new = New token
tokens-name = Name
tokens-name-hint = What uses it, such as “nightly upload”.
tokens-scopes = Scopes
tokens-days = Valid for days
tokens-until = Valid until
tokens-used = Last used
tokens-over = No longer valid
tokens-submit = Create token
tokens-revoke-help = Whatever uses this token stops working at once.

# Roles
role-organiser = Organiser
role-organiser-help = Uploads, checks and publishes recordings, and makes links.
role-editor = Editor
role-editor-help = Prepares recordings and corrects transcripts. Does not publish.
role-attendee = Attendee
role-attendee-help = Watches recordings that were published.
role-dpo = Data protection officer
role-dpo-help = Sees what is stored, sets retention, erases. Does not publish.
role-auditor = Auditor
role-auditor-help = Reads the audit log and changes nothing.
role-operator = Operator
role-operator-help = Runs the machine and sees no content.
role-administrator = Administrator
role-administrator-help = Gives accounts and roles, and sees no content.

# Recordings
state-waiting = Waiting
state-processing = Processing
state-review = To review
state-held = Held
state-published = Published
state-failed = Failed
state-withdrawn = Withdrawn
state-original = Original
tile-review = To review
tile-originals = Originals
recordings-by-state = Recordings by state
recordings-search = Search titles and tags
recordings-all = Show all
recordings-none = No recording matches.
recordings-new-title = No recordings yet
recordings-new-lead = From an old recording to one that may be published, in four steps.
recordings-way-upload = Upload the recording as it is.
recordings-way-draw = Draw what may be seen. Everything else is hidden.
recordings-way-check = Look at the result and at what was checked.
recordings-way-link = Publish it, and give out links that expire.
recordings-new-button = Upload the first recording

# Upload
upload-lead = Take the file as it came from the webinar. You choose next what may be seen of it.
upload-choose = Choose files
upload-drop = or drop them here
upload-most = Up to { $size } each. Video and audio, among others MP4, MKV and WebM.
upload-title = Title
upload-start = Start upload
upload-pause = Pause
upload-resume = Resume
upload-remove = Remove
upload-go = Choose what is shown
upload-waiting = Ready to start
upload-sending = Uploading
upload-paused = Paused
upload-retrying = The connection was lost. Trying again.
upload-finishing = Checking and sealing
upload-done = Done
upload-failed = Failed
upload-resumed = Goes on where it stopped
upload-too-large = This file is larger than { $size }.
upload-no-recording = This is no recording that Scrim can read.
upload-damaged = The file is damaged.
upload-refused = The file was refused. Its content is not allowed here.
upload-what-happens = What happens to the file
upload-fact-sealed = It is encrypted as it arrives. No copy lies open on a disk.
upload-fact-hidden = Nobody gets it. Attendees only ever see the recording that is made from it.
upload-fact-kept = { $count ->
    [one] It is deleted after { $count } day, unless it is put on hold.
   *[other] It is deleted after { $count } days, unless it is put on hold.
 }
upload-fact-title = Attendees may see the title. The name of the file is not kept.

# Regions
regions-title = Choose what is shown
regions = Regions
regions-none = No region yet. Nothing of the picture will be shown.
regions-no-picture = This recording has only sound. Regions do not apply to it.
frame-title = Original
frame-alt = Picture of the original at the chosen time
frame-missing = This picture could not be loaded.
overlay-label = Regions over the picture
legend-kept = shown
legend-hidden = hidden: whatever no region keeps
tools = Tools
undo = Undo
redo = Redo
time = Time
ten-earlier = 10 seconds earlier
ten-later = 10 seconds later
templates = Start from
template-stage = Stage, list on the left
template-slides = Slides only
template-speaker = Speaker and slides
template-sound = Sound only
template-saved = Saved policy
name-stage = Stage
name-people = People
name-slides = Slides
name-speaker = Speaker
name-policy = Webinar
region = Region
region-new = New region
region-new-name = Region { $number }
region-label = { $name }: { $action }
region-place = { $left } from the left, { $top } from the top,
region-size = { $width } wide, { $height } high
region-removed = { $name } was deleted
region-elsewhen = not at this time
region-name = Name
region-kind = Holds
region-action = What happens
region-rect = Place, in percent of the picture
rect-left = Left
rect-top = Top
rect-width = Width
rect-height = Height
region-span = When, in seconds
span-from = From
span-to = To
span-end = end
span-now = Now
region-delete = Delete region
kind-stage = Stage
kind-slides = Slides
kind-camera = Camera
kind-participant-list = Participant list
kind-chat = Chat
kind-notes = Notes
kind-poll = Poll
kind-toast = Pop-up message
kind-other = Something else
action-keep = Show
action-keep-help = The picture is seen as it is.
action-hide = Cut out
action-hide-help = The space closes, and what is shown moves together.
action-fill = Cover
action-fill-help = A plain area stands in its place.
action-blur = Frost
action-blur-help = Looks like frosted glass. It is drawn anew and holds nothing of the picture.
action-initials = Initials
action-initials-help = Covered, then initials from the list of people are drawn on it.
keys-title = Keyboard
keys-short = N makes a region. Arrows move the chosen one, with Shift they resize it, with Alt in small steps. Delete deletes it. Brackets choose another.
keys-new = new region
keys-tab = to the next region
keys-choose = choose the region before or after
keys-move = move by 1 %
keys-resize = resize by 1 %
keys-fine = by 0.1 %
keys-delete = delete the region
keys-undo = undo, with Shift redo
result-title = Result
preview-alt = Preview of the result at the chosen time
preview-none = The preview appears once a region is shown.
preview-rendering = Drawing …
preview-fresh = Up to date
preview-refused = This cannot be used yet
policy-title = Policy
policy-name = Name of the policy
policy-name-hint = It is written into the proof. Leave out names of people.
policy-save = Save policy
policy-saved = Saved as version { $version }
policy-unsaved = Not saved
names-show = Names of people
names-initials = Initials, such as A.K.
names-hidden = Not at all
names-full = In full
names-hint = In the picture and in the transcript.
output-size = Size of the result
output-same = As the original
process-title = Processing
process-start = Process
process-starting = Starting …
process-again = Process again
speech-language = Language of speech
speech-auto = Recognise it
transcript = Transcript
transcript-make = Write a transcript
transcript-none-here = No speech model is installed.
roster = People who took part
roster-hint = CSV with the columns name, email and role. Their names are replaced in picture and transcript. It is kept encrypted.
roster-file = or from a file

# Job
job-title = Processing
job-stages = Steps
job-queued = Waiting
job-running = Running
job-done = Done
job-held = Held
job-failed = Failed
job-cancelled = Cancelled
job-failed-at = Failed at this step: { $stage }
job-code = Code for the log:
job-other-regions = Change regions
job-again = Process again
job-held-help = It is finished, but a check found something. Nobody gets it before you have looked.
job-cancelled-help = Somebody stopped this. The original is still there.
job-share = Progress of this step
job-speed = { $speed }× real time
job-left = { $time } left
job-leave = You can close this page. Processing goes on.
job-connection-lost = No connection. Trying again.
job-cancel = Stop
job-cancel-help = What was made so far is kept for the next try. The original stays.
job-cancel-sure = Stop processing
job-review = Look at the result
job-created = Asked for
retry = Try again
stage-hash = Identify the source
stage-probe = Read its structure
stage-render = Clear the picture
stage-transcribe = Write the transcript
stage-assemble = Put it together and seal it
stage-verify = Check the finished files
stage-publish = Decide
stage-state-done = done
stage-state-current = in progress
stage-state-failed = failed
stage-state-ahead = to come

# Review
review-look = Watch
before = Before
after = After
show-before = Compare with the original
wipe = Divide
before-alt = The original at this time
before-help = The original shows people. It is for reviewers only and never leaves with a link.
captions = Captions
decision = Decision
decision-review = No check found anything. Watch and listen yourself, then publish.
decision-held = A check found something.
decision-held-help = See the report. Usually other regions or a corrected transcript solve it.
decision-published = People with a valid link can watch it.
decision-withdrawn = Nobody can watch it. Links do not work.
decision-other = There is nothing to decide yet.
publish = Approve and publish
publish-help = From now on links can be made. You can withdraw it at any time.
publish-sure = Yes, publish
publish-others = An organiser publishes it.
override = Publish anyway …
override-warning = The checks say that this recording exposes something.
override-help = Your name, the time and the reason are written to the audit log, and the data protection officer is told.
override-tick = I have watched it and I take responsibility.
override-sure = Publish against the checks
withdraw = Withdraw
withdraw-help = All links stop working at once. The recording is kept until it expires.
withdraw-sure = Yes, withdraw
report = Leak report
report-none = There is no report.
report-failed = { $count } failed
report-not-checked = { $count } not checked
report-passed = { $count } passed
report-reasons = Why it is held
report-wholly-hidden = Hidden completely, because the picture had another shape. Look here:
report-regions = { $count ->
    [one] { $count } region of the policy
   *[other] { $count } regions of the policy
 }
check = Check
verdict = Verdict
check-found = Found
check-how = How
check-container = Structure of the file
check-tracks = Tracks
check-metadata = Metadata
check-hidden-areas = Hidden areas
check-names-in-text = Names in texts
check-text-in-pictures = Text in pictures
check-names-in-sound = Names in sound
check-transcript = Transcript
check-erased-people = Erased people
verdict-passed = passed
verdict-failed = failed
verdict-not-checked = not checked
stills = Pictures before and after
stills-help = Pictures on the left show what is hidden. Do not pass them on.
still-before = Original at { $time }
still-after = Result at { $time }
unsaved = Not saved
saving = Saving …
saved = Saved
transcript-help = Correct what was misheard. Names and addresses that you write are looked for again.
transcript-conflict = Somebody else has changed the transcript. Load the page again; copy your changes first.
transcript-save = Save transcript
cue-at = Words at { $time }
links = Links
links-none = There is no link yet.
links-when-published = Links can be made once the recording is published.
link-new = New link
link-label = Label
link-label-hint = Only you see it.
link-days = Valid for days
link-password = Password
link-password-hint = Leave it empty for none. Tell it by another way than the link.
link-most = Most uses
link-most-hint = Leave it empty for any number.
link-audience = For whom
link-allow = Allow downloads
link-submit = Create link
link-fresh = Give this link to those who may watch.
link-valid = Valid
link-expired = Expired
link-revoked = Revoked
link-used-up = Used up
link-until = until { $day }
link-uses = { $count ->
    [0] not used
    [one] used once
   *[other] used { $count } times
 }
link-uses-of = used { $count } of { $most } times
link-password-yes = with password
link-password-no = without password
link-made = Made on
link-revoke-help = The link stops working at once, also for people who are watching.
copy-link = Copy link
tags = Tags
tags-hint = Words between spaces. They are kept in the clear: leave out names.
title-hint = People with a link may see it. Leave out names.
recording-id = Id

# Attendee
link-valid-until = available until { $time }
video = Video
video-hide = Hide video
video-show = Show video
copy-time = Copy link to this moment
downloads = Downloads
download-mp4 = Video, MP4
download-txt = Text, TXT
download-vtt = Captions, VTT
download-srt = Captions, SRT
follow-again = Follow the video
search-words = Search the transcript
search-hits = { $at } of { $count }
search-no-hits = Nothing found
hit-before = Previous hit
hit-after = Next hit
cue-help = Press a line to play from there. Arrow keys move between lines.
removed = removed
removed-help = Something that identifies a person was taken out here.
link-asks = This recording asks for a password
link-asks-help = Whoever gave you the link knows it.
link-wrong = This password is not right.
link-wait = { $count ->
    [one] Too many wrong passwords. Try again in { $count } second.
   *[other] Too many wrong passwords. Try again in { $count } seconds.
 }
link-open = Open
closed-not-ready = Not ready yet
closed-not-ready-help = The recording is being prepared. Your link works as soon as it is published.
closed-look-again = Look again
closed-expired = This link has expired
closed-expired-help = Recordings are available for a limited time only.
closed-revoked = This link was taken back
closed-revoked-help = Whoever gave it to you does not offer the recording here any more.
closed-used-up = This link was used up
closed-used-up-help = It could be opened a limited number of times only.
closed-unknown = There is no such link
closed-unknown-help = Part of the address may be missing. Copy the whole link again.
closed-no-access = You have no access
closed-no-access-help = The recording is for other people. Ask whoever gave you the link.
closed-on = Ended on { $day }.
closed-contact = Questions? Ask { $contact }.

# Data protection
alerts = { $count ->
    [one] { $count } thing needs your attention
   *[other] { $count } things need your attention
 }
alerts-none = Nothing needs your attention.
number-recordings = Recordings
number-links = Valid links
number-holds = Holds
number-erasures = Open erasures
number-due = Go within 30 days
swept = Last sweep:
sweep-late = The sweep is late.
stored-lead = Every recording, where its files lie and until when. Titles are not shown here.
stored-none = Nothing is stored.
stored-amount = Amount
stored-where = Where
consents-lead = Who agreed to what, by what the recording calls them.
consents-choose = Choose a recording.
consents-no-list = This recording has no list of people.
consents-unknown-help = “Not noted” means that nobody wrote it down, not that somebody agreed.
participant = Participant
participant-role = Part
participant-organiser = Organiser
participant-presenter = Presenter
participant-moderator = Moderator
participant-attendee = Attendee
purpose-camera = Camera
purpose-voice = Voice
purpose-chat = Chat
purpose-transcript = Transcript
consent-unknown = not noted
consent-given = agreed
consent-refused = refused
consent-withdrawn = taken back
erasures-lead = What is erased cannot be brought back, not from a backup either. Each erasure ends in a signed certificate.
erasure-new = New erasure
erasure-recording = Recording
erasure-recording-hint = Everything of the same source goes with it, the original included.
erasure-person = Person
erasure-person-hint = Name or e-mail address, as in the lists of people.
erasure-tenant = Everything
erasure-look = See what would go
erasures-done = Erasures so far
erasures-none = Nothing was erased yet.
erasure-certified = Certified
erasure-open = In progress
erasure-certificate = Certificate
erasure-preview = What would be erased
erasure-nothing = Nothing was found.
erasure-affected = { $count ->
    [one] { $count } recording is affected
   *[other] { $count } recordings are affected
 }
erasure-then = Afterwards
erasure-made-again = can be made again without the person
erasure-for-good = gone for good
erasure-not-searchable = { $count ->
    [one] { $count } recording has no list of people and could not be searched.
   *[other] { $count } recordings have no list of people and could not be searched.
 }
erasure-refused = This cannot be erased now.
erasure-sure = Erase for good?
erasure-sure-help = Keys are destroyed. Nobody can bring this back, neither you nor we.
erasure-type = Type { $word } to confirm
erasure-mistyped = That was something else. Nothing was erased.
erasure-submit = Erase for good
rules = How long things are kept
rules-lead = The shortest rule wins. A rule for a tag can only shorten.
rule-class = What
rule-tag = Tag
rule-tag-if-any = Only with this tag
rule-all = all
rule-period = Period
rule-days = Days
rule-default = by default
rule-new = Set a rule
rule-new-help = A shorter period takes effect with the next sweep.
rule-set = Set rule
rule-remove-help = The default applies again from now on.
class-raw = Originals
class-raw-help = Originals and working parts: they show what is hidden.
class-published = Recordings
class-published-help = Recording, report and proof.
class-transcript = Transcripts
class-transcript-help = Never longer than the recording.
class-attendance = Lists of people
class-attendance-help = Who took part and agreed to what.
class-log = Log
class-log-help = Words of the log and of released holds.
holds = Holds
holds-lead = What is on hold is neither deleted nor erased, whatever the rules say.
holds-none = Nothing is on hold.
hold-all = All recordings
hold-new = Place a hold
hold-place = Place hold
hold-placed = since { $day }, approved by { $approver }
hold-recording-hint = Leave it empty to hold everything.
hold-release = Release
hold-release-help = What is due by now is deleted with the next sweep.
audit-export = Export
audit-verification = Verification
audit-verify = Verify now
audit-not-verified = not verified yet
audit-whole = whole: nothing was changed or left out
audit-broken = broken: something was changed or left out
audit-help = The log is a signed Merkle tree. An export can be verified without this server.
audit-all = Show all
audit-none = There is no entry.
audit-older = Older entries
audit-when = When
audit-who = Who
audit-what = What
audit-blank = erased; the place in the tree remains
places-lead = Nothing is written to a place that is refused.
places-none = No place is set up.
places-check = Check now
place-what = For
place-host = Host
place-region = Region
place-allowed = in the EEA
place-declared = declared by the operator
place-unknown = unknown
place-refused = refused

# Administration
user-active = Active
user-invited = Invited
user-locked-out = Locked out
user-disabled = Disabled
user-seen = last seen:
user-roles = Roles
user-enable = Enable
user-disable = Disable
user-disable-help = The person is signed out at once and cannot sign in. Their tokens stop working.
user-invite = Invite somebody
user-invite-submit = Invite
user-invitation = Give this link to the person you invited. It works once and is not shown again.
webhooks-lead = Scrim tells these addresses by POST when something happens. Messages are signed and hold ids only.
webhooks-none = No address is told of anything.
webhook-new = New webhook
webhook-url = Address
webhook-events = Events
webhook-submit = Add
webhook-secret = Messages are signed with this secret. It is not shown again.
webhook-waiting = { $count ->
    [0] no message waits
    [one] { $count } message waits
   *[other] { $count } messages wait
 }
webhook-remove-help = Messages that wait are dropped.
delivery-none = nothing sent yet
delivery-done = delivered
delivery-retrying = trying again
delivery-given-up = given up
health-well = Everything works.
health-ill = Something does not work.
health-part = Part
health-up = works
health-down = down
health-running = Jobs that run
health-waiting = Jobs that wait
health-free = Free for work
health-since = running since

# What went wrong
failure-back = To the recordings
failure-request = If you ask somebody for help, give them this id:
failure-invalid = Something in this form is not right
failure-invalid-help = Go back and look at it again.
failure-signed-out = You are not signed in
failure-signed-out-help = Your session may have ended.
failure-forbidden = You may not do this
failure-forbidden-help = Your roles do not include it. An administrator can change them.
failure-unknown = There is nothing here
failure-unknown-help = It may have been deleted, or it is not yours.
failure-conflict = Somebody else was faster
failure-conflict-help = Go back, load the page again and look at what has changed.
failure-too-large = This is too large
failure-too-large-help = Try with less.
failure-too-many = Too many requests
failure-too-many-help = Wait a moment, then try again.
failure-unavailable = Not available at the moment
failure-unavailable-help = Something that Scrim needs cannot be reached. Try again later.
failure-over = This link is over
failure-over-help = It was used already, or its time has passed. Ask whoever sent it for another one.
failure-refused = This was refused
failure-refused-help = Go back and try it another way.
failure-internal = Something went wrong here
failure-internal-help = It is our fault, not yours. Nothing was published by it.

# What was just done, and what is wrong with a form.
flash-saved = Saved.
flash-published = Published.
flash-withdrawn = Withdrawn. Nobody gets it any more.
flash-link-made = The link is made.
flash-link-revoked = The link does not work any more.
flash-password-changed = The password is changed. Sign in with the new one.
flash-signed-out-everywhere = You are signed out everywhere.
flash-token-revoked = The token does not work any more.
flash-retried = It is tried again.
flash-cancelled = The job is given up.
flash-rule-saved = The rule is saved.
flash-hold-placed = The hold is in force.
flash-hold-released = The hold is released.
flash-erased = Erased. The certificate is below.
error-login = The e-mail address or the password is wrong.
error-locked = There were too many wrong tries. Wait { $seconds } seconds.
error-passwords-differ = The two passwords differ.
error-password-short = The password is too short. Choose at least 15 characters, such as four words.
error-password-long = The password is too long. Choose at most 128 characters.
error-password-easy = The password is too easy to guess.
error-password-current = This is not your password.
error-email = This is no e-mail address.
error-email-taken = There is an account with this address already.
error-form = Something in this form is not right: { $field }.
erasure-step-frozen = Withdrawn
erasure-step-listed = Everything found
erasure-step-objects = Files deleted
erasure-step-rows = Entries deleted
erasure-step-shredded = Keys destroyed
erasure-step-proven = Absence proven
erasure-step-certified = Certificate signed

# Mail. The address of a page stands below it.
mail-recording-ready-subject = A recording is ready
mail-recording-ready = A recording is processed and waits for your decision. Look at it here:
mail-recording-held-subject = A recording is held back
mail-recording-held = The checks have found something that must not be published. Look at it here:
mail-recording-failed-subject = A recording could not be processed
mail-recording-failed = Something went wrong while a recording was processed. What it was, and what to do, is said here:
mail-recording-expiring-subject = Recordings expire soon
mail-recording-expiring = Recordings that you publish will be deleted within seven days, as the retention rules say. Whoever still needs one can export it, or ask your data protection officer for a hold. They are listed here:
mail-security-alert-subject = Scrim: please look at this
mail-alert-sign-in-locked = Too many wrong passwords were tried for one account. It is locked for a while. Look at it here:
mail-alert-administrator-added = An account has become an administrator. See here whether that is right:
mail-alert-gate-overridden = A recording was published although the checks had held it back. Read the reason here:
mail-alert-retention-sweep-failed = What is due could not be deleted. Look at it here:
mail-alert-audit-not-intact = The audit log is not what was written: something was changed or left out. Keep the machine as it is and look at it here:
mail-alert-store-unreachable = The store of recordings does not answer. Nothing can be processed or opened until it does. Look at it here:
mail-alert-keys-unreachable = The key management does not answer. Nothing can be processed or opened until it does. Look at it here:
mail-why = You get this mail because you have an account at Scrim.
