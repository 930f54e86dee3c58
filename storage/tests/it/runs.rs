//! The life of a run: claims, parts, publishing.

use std::path::{Path, PathBuf};

use scrim_policy::{ArtefactId, Kind};
use scrim_storage::{
    ArtefactKind, Begun, CatalogError, CatalogPlace, Claim, DatabaseUrl, Recorded, RecordingState,
    Settings, StagePart, Vault, VaultError,
    catalog::{ArtefactState, Failure},
};
use scrim_testkit::Postgres;
use sqlx::{AnyConnection, AssertSqlSafe, Connection, Executor, Row};
use tempfile::TempDir;

use crate::{
    fixtures::{NOW, job, later, part_key, recording},
    vaults::{open, seal},
};

pub(crate) struct Place {
    pub(crate) home: PathBuf,
    pub(crate) vault: Vault,
    pub(crate) database: Option<Postgres>,
    _folder: TempDir,
}

impl Place {
    /// A vault that keeps everything in one folder.
    pub(crate) fn new() -> Self {
        Self::with(None)
    }

    /// A vault whose catalog is in a PostgreSQL server of its own.
    pub(crate) fn on_postgres() -> Self {
        Self::with(Some(Postgres::start()))
    }

    fn with(database: Option<Postgres>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().join("home");
        let vault = match &database {
            None => open(&home),
            Some(database) => Vault::open_with(&settings_on(&home, database)).unwrap(),
        };
        Self {
            home,
            vault,
            database,
            _folder: folder,
        }
    }

    /// Begins a new job and starts rendering.
    pub(crate) fn render(&self, name: &str) -> Claim {
        let Begun::New(claim) = self.vault.begin_or_resume(&job(name), NOW).unwrap() else {
            panic!("{name} is not new");
        };
        self.vault
            .start_rendering(&claim, 1_000_000_000, NOW)
            .unwrap();
        claim
    }

    /// Takes a job up again and starts rendering.
    fn resume(&self, name: &str) -> Claim {
        let Begun::Resumed(claim) = self.vault.begin_or_resume(&job(name), later(60)).unwrap()
        else {
            panic!("{name} is not resumed");
        };
        self.vault
            .start_rendering(&claim, 1_000_000_000, later(60))
            .unwrap();
        claim
    }

    /// Runs statements on the database, behind the back of the vault, and returns the first column of
    /// the last one.
    pub(crate) fn sql(&self, statements: &[&str]) -> Result<Vec<String>, sqlx::Error> {
        let url = match &self.database {
            Some(database) => database.url(),
            None => sqlite_url(&self.home),
        };
        run_sql(&url, statements)
    }

    pub(crate) fn outputs(&self, claim: &Claim) -> Vec<ArtefactId> {
        [
            ArtefactKind::Recording,
            ArtefactKind::TranscriptTxt,
            ArtefactKind::Proof,
        ]
        .map(|kind| seal(&self.vault, claim, kind, b"contents").id)
        .to_vec()
    }

    pub(crate) fn state(&self, claim: &Claim) -> RecordingState {
        self.vault
            .recording(claim.recording())
            .unwrap()
            .unwrap()
            .state
    }
}

/// The address of the catalog that lies in a home.
pub(crate) fn sqlite_url(home: &Path) -> String {
    format!("sqlite://{}", home.join("catalog.db").display())
}

/// Runs statements and returns the first column of the last one.
pub(crate) fn run_sql(url: &str, statements: &[&str]) -> Result<Vec<String>, sqlx::Error> {
    sqlx::any::install_default_drivers();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let mut connection = AnyConnection::connect(url).await?;
        let mut last = Vec::new();
        for statement in statements {
            let statement = AssertSqlSafe((*statement).to_owned());
            last = connection.fetch_all(statement).await?;
        }
        connection.close().await?;
        Ok(last.iter().map(|row| row.get(0)).collect())
    })
}

/// The settings of a vault with its catalog in this database.
pub(crate) fn settings_on(home: &Path, database: &Postgres) -> Settings {
    let mut settings = Settings::embedded(home, Vault::default_unlock(home));
    settings.catalog = CatalogPlace::Postgres(DatabaseUrl::new(database.url()).unwrap());
    settings
}

/// Makes a test of each function, once per database. What a catalog promises does not depend on
/// where it lies.
macro_rules! on_both_databases {
    ($($name:ident),+ $(,)?) => {
        mod on_sqlite {
            $(#[test] fn $name() { super::$name(&$crate::runs::Place::new()); })+
        }
        mod on_postgres {
            $(#[test] fn $name() { super::$name(&$crate::runs::Place::on_postgres()); })+
        }
    };
}
pub(crate) use on_both_databases;

on_both_databases!(
    the_same_job_is_taken_up_and_another_one_is_not,
    recording_a_part_twice_keeps_the_first_artefact,
    a_part_with_other_inputs_replaces_the_old_one,
    a_part_needs_no_artefact,
    publishing_makes_everything_visible_at_once,
    a_duration_that_was_measured_replaces_the_one_of_the_header,
    a_run_that_was_taken_over_can_write_nothing_more,
    a_publication_that_fails_half_way_changes_nothing,
    nothing_is_published_twice,
    nothing_is_published_before_it_renders,
    outputs_of_another_recording_are_not_published,
    a_held_recording_can_be_looked_at_and_is_not_rendered_again,
    a_failed_run_says_why_and_is_taken_up,
    working_artefacts_go_only_once_they_are_not_needed,
);

pub(crate) fn catalog_error(result: Result<impl std::fmt::Debug, VaultError>) -> CatalogError {
    match result.unwrap_err() {
        VaultError::Catalog(error) => error,
        other => panic!("not an error of the catalog: {other:?}"),
    }
}

fn segment(part: u32, key: &str) -> StagePart<'static> {
    StagePart {
        stage: "render",
        part,
        key: part_key(key),
    }
}

fn the_same_job_is_taken_up_and_another_one_is_not(place: &Place) {
    let claim = place.render("webinar");
    seal_part(place, &claim, 0, "first");

    let resumed = place.resume("webinar");
    assert_eq!(resumed.recording(), claim.recording());
    assert_eq!((claim.generation(), resumed.generation()), (1, 2));
    let parts = place
        .vault
        .finished_parts(resumed.recording(), "render")
        .unwrap();
    assert_eq!(parts.len(), 1);
    assert_eq!((parts[0].part, parts[0].key), (0, part_key("first")));

    assert_ne!(
        place.render("another webinar").recording(),
        claim.recording()
    );
}

pub(crate) fn seal_part(place: &Place, claim: &Claim, part: u32, key: &str) -> ArtefactId {
    let id = seal(&place.vault, claim, ArtefactKind::Segment, b"segment").id;
    let recorded = place
        .vault
        .record_part(claim, segment(part, key), Some(id), NOW)
        .unwrap();
    assert_eq!(recorded, Recorded::New);
    id
}

fn recording_a_part_twice_keeps_the_first_artefact(place: &Place) {
    let claim = place.render("webinar");
    let first = seal_part(place, &claim, 0, "inputs");
    let second = seal(&place.vault, &claim, ArtefactKind::Segment, b"again").id;
    let recorded = place
        .vault
        .record_part(&claim, segment(0, "inputs"), Some(second), NOW);
    assert_eq!(recorded.unwrap(), Recorded::Before(Some(first)));
    assert_eq!(
        place.vault.artefact(second).unwrap().unwrap().state,
        ArtefactState::Pending
    );

    place.resume("webinar");
    assert!(place.vault.artefact(first).unwrap().is_some());
    assert!(
        place.vault.artefact(second).unwrap().is_none(),
        "what nobody needs is swept"
    );
}

fn a_part_with_other_inputs_replaces_the_old_one(place: &Place) {
    let claim = place.render("webinar");
    let old = seal_part(place, &claim, 0, "old inputs");
    let new = seal_part(place, &claim, 0, "new inputs");
    let parts = place
        .vault
        .finished_parts(claim.recording(), "render")
        .unwrap();
    assert_eq!(parts.len(), 1);
    assert_eq!(parts[0].artefact, Some(new));
    assert_eq!(
        place.vault.artefact(old).unwrap().unwrap().state,
        ArtefactState::Pending
    );
}

fn a_part_needs_no_artefact(place: &Place) {
    let claim = place.render("webinar");
    place
        .vault
        .record_part(&claim, segment(7, "nothing to keep"), None, NOW)
        .unwrap();
    let again = place
        .vault
        .record_part(&claim, segment(7, "nothing to keep"), None, NOW);
    assert_eq!(again.unwrap(), Recorded::Before(None));
}

fn publishing_makes_everything_visible_at_once(place: &Place) {
    let claim = place.render("webinar");
    let outputs = place.outputs(&claim);
    let output = |kind| place.vault.output(claim.recording(), kind);
    assert!(matches!(
        output(ArtefactKind::Recording),
        Err(VaultError::NoSuchOutput { .. })
    ));

    place.vault.publish(&claim, &outputs, later(9)).unwrap();
    assert_eq!(place.state(&claim), RecordingState::Published);
    assert_eq!(output(ArtefactKind::Recording).unwrap().id, outputs[0]);
    let row = place.vault.recording(claim.recording()).unwrap().unwrap();
    assert_eq!((row.created_at, row.updated_at), (NOW, later(9)));
    assert_eq!(row.duration_ns, Some(1_000_000_000));
    let Begun::AlreadyPublished(again) = place.vault.begin_or_resume(&job("webinar"), NOW).unwrap()
    else {
        panic!("a published job runs again");
    };
    assert_eq!(again.id, claim.recording());
}

fn a_duration_that_was_measured_replaces_the_one_of_the_header(place: &Place) {
    let claim = place.render("webinar");
    place
        .vault
        .correct_duration(&claim, 2_000_000_000, later(5))
        .unwrap();
    let row = place.vault.recording(claim.recording()).unwrap().unwrap();
    assert_eq!(row.duration_ns, Some(2_000_000_000));
    assert_eq!(row.updated_at, later(5));
}

fn a_run_that_was_taken_over_can_write_nothing_more(place: &Place) {
    let old = place.render("webinar");
    let half = place
        .vault
        .create_artefact(&old, ArtefactKind::Segment, NOW)
        .unwrap();
    let outputs = place.outputs(&old);
    let new = place.resume("webinar");

    for refused in [
        catalog_error(place.vault.publish(&old, &outputs, NOW)),
        catalog_error(place.vault.hold(&old, &outputs, NOW)),
        catalog_error(place.vault.fail(&old, Kind::Internal, "render", NOW)),
        catalog_error(place.vault.start_rendering(&old, 1, NOW)),
        catalog_error(place.vault.correct_duration(&old, 1, NOW)),
        catalog_error(place.vault.record_part(&old, segment(0, "late"), None, NOW)),
        catalog_error(half.finish()),
    ] {
        let is_stale = matches!(
            refused,
            CatalogError::StaleClaim {
                ours: 1,
                newest: 2,
                ..
            }
        );
        assert!(is_stale, "{refused:?}");
    }
    assert_eq!(place.state(&new), RecordingState::Rendering);
    assert!(place.vault.artefacts(new.recording()).unwrap().is_empty());

    let outputs = place.outputs(&new);
    place.vault.publish(&new, &outputs, NOW).unwrap();
}

fn a_publication_that_fails_half_way_changes_nothing(place: &Place) {
    let claim = place.render("webinar");
    let outputs = place.outputs(&claim);
    let working = seal(&place.vault, &claim, ArtefactKind::Segment, b"segment").id;
    let twin = seal(&place.vault, &claim, ArtefactKind::Recording, b"twin").id;
    let unknown = crate::fixtures::artefact(404);

    let with = |last: ArtefactId| [outputs.as_slice(), &[last]].concat();
    let refused = catalog_error(place.vault.publish(&claim, &with(unknown), NOW));
    assert!(matches!(refused, CatalogError::NoArtefact { .. }));
    let refused = catalog_error(place.vault.publish(&claim, &with(outputs[0]), NOW));
    assert!(matches!(refused, CatalogError::NoArtefact { .. }));
    let refused = catalog_error(place.vault.publish(&claim, &with(working), NOW));
    assert!(matches!(refused, CatalogError::WrongArtefactKind { .. }));
    let refused = catalog_error(place.vault.publish(&claim, &with(twin), NOW));
    assert!(matches!(refused, CatalogError::Constraint { .. }));
    let refused = catalog_error(place.vault.publish(&claim, &outputs[..2], NOW));
    assert!(matches!(refused, CatalogError::NoProof { .. }));

    assert_eq!(place.state(&claim), RecordingState::Rendering);
    let rows = place.vault.artefacts(claim.recording()).unwrap();
    assert!(rows.iter().all(|row| row.state == ArtefactState::Pending));
    place.vault.publish(&claim, &outputs, NOW).unwrap();
}

fn nothing_is_published_twice(place: &Place) {
    let claim = place.render("webinar");
    let outputs = place.outputs(&claim);
    place.vault.publish(&claim, &outputs, NOW).unwrap();
    let refused = catalog_error(place.vault.publish(&claim, &outputs, NOW));
    let is_published = matches!(
        refused,
        CatalogError::WrongState {
            state: RecordingState::Published,
            ..
        }
    );
    assert!(is_published, "{refused:?}");
}

fn nothing_is_published_before_it_renders(place: &Place) {
    let Begun::New(claim) = place.vault.begin_or_resume(&job("webinar"), NOW).unwrap() else {
        panic!("the job is not new");
    };
    let refused = catalog_error(place.vault.publish(&claim, &[], NOW));
    assert!(matches!(refused, CatalogError::WrongState { .. }));
}

fn outputs_of_another_recording_are_not_published(place: &Place) {
    let (ours, theirs) = (place.render("ours"), place.render("theirs"));
    let outputs = place.outputs(&theirs);
    let refused = catalog_error(place.vault.publish(&ours, &outputs, NOW));
    assert!(matches!(refused, CatalogError::NoArtefact { .. }));
}

fn a_held_recording_can_be_looked_at_and_is_not_rendered_again(place: &Place) {
    let claim = place.render("webinar");
    let outputs = place.outputs(&claim);
    place.vault.hold(&claim, &outputs[..1], NOW).unwrap();
    assert_eq!(place.state(&claim), RecordingState::Held);
    let row = place
        .vault
        .output(claim.recording(), ArtefactKind::Recording)
        .unwrap();
    assert_eq!(row.id, outputs[0]);
    let begun = place.vault.begin_or_resume(&job("webinar"), NOW).unwrap();
    assert!(matches!(begun, Begun::AlreadyHeld(_)));
    assert_eq!(
        place.vault.artefacts(claim.recording()).unwrap().len(),
        1,
        "the rest is swept"
    );
}

fn a_failed_run_says_why_and_is_taken_up(place: &Place) {
    let claim = place.render("webinar");
    seal_part(place, &claim, 0, "first");
    place
        .vault
        .fail(&claim, Kind::Damaged, "audio", NOW)
        .unwrap();
    let row = place.vault.recording(claim.recording()).unwrap().unwrap();
    assert_eq!(row.state, RecordingState::Failed);
    assert_eq!(
        row.failure,
        Some(Failure {
            kind: Kind::Damaged,
            stage: "audio".to_owned()
        })
    );

    let resumed = place.resume("webinar");
    let row = place.vault.recording(resumed.recording()).unwrap().unwrap();
    assert_eq!((row.state, row.failure), (RecordingState::Rendering, None));
    assert_eq!(
        place.vault.finished_parts(row.id, "render").unwrap().len(),
        1
    );
}

fn working_artefacts_go_only_once_they_are_not_needed(place: &Place) {
    let claim = place.render("webinar");
    seal_part(place, &claim, 0, "first");
    let refused = catalog_error(place.vault.delete_working_artefacts(claim.recording()));
    assert!(matches!(refused, CatalogError::WrongState { .. }));

    let outputs = place.outputs(&claim);
    place.vault.publish(&claim, &outputs, NOW).unwrap();
    place
        .vault
        .delete_working_artefacts(claim.recording())
        .unwrap();
    let kinds: Vec<_> = place
        .vault
        .artefacts(claim.recording())
        .unwrap()
        .iter()
        .map(|row| row.kind)
        .collect();
    assert_eq!(kinds.len(), 3);
    assert!(kinds.iter().all(|kind| kind.is_published()));
    assert!(
        place
            .vault
            .finished_parts(claim.recording(), "render")
            .unwrap()
            .is_empty()
    );

    let unknown = catalog_error(place.vault.delete_working_artefacts(recording(404)));
    assert!(matches!(unknown, CatalogError::NoRecording { .. }));
}
