//! Catalogs that are backed up, restored, moved to another database, upgraded and checked.

use std::{fs, path::Path};

use scrim_policy::{Kind, Purpose, TenantId};
use scrim_storage::{
    ArtefactKind, BackupSummary, CatalogError, CatalogFinding, CatalogPlace, DatabaseUrl,
    RecordingState, Settings, Vault, VaultError,
};
use scrim_testkit::Postgres;

use crate::{
    fixtures::{NOW, later},
    runs::{Place, catalog_error, on_both_databases, run_sql, seal_part, settings_on},
    vaults::seal,
};

on_both_databases!(
    a_backup_moves_to_either_database,
    a_backup_that_was_changed_restores_nothing,
    a_backup_holds_every_table,
    the_line_that_makes_a_backup_whole_comes_after_its_entry,
    a_check_finds_what_is_missing,
    a_catalog_of_the_first_layout_is_brought_up_to_date,
);

fn backup(vault: &Vault) -> Vec<u8> {
    let mut bytes = Vec::new();
    vault.back_up_catalog(&mut bytes, NOW).unwrap();
    bytes
}

/// A published recording, one in the making, and one that failed.
fn fill(place: &Place) {
    let published = place.render("published");
    let outputs = place.outputs(&published);
    place.vault.publish(&published, &outputs, NOW).unwrap();
    let open = place.render("open");
    seal_part(place, &open, 0, "first");
    let failed = place.render("failed");
    place
        .vault
        .fail(&failed, Kind::Damaged, "render", later(3))
        .unwrap();
}

/// Makes a new home with the keys and objects of another one, and no catalog.
fn move_house(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for file in ["keyring.json", "keyring.key", "keyring.epoch"] {
        fs::copy(from.join(file), to.join(file)).unwrap();
    }
    let copied = std::process::Command::new("cp")
        .args(["-a"])
        .args([from.join("objects"), to.join("objects")])
        .status()
        .unwrap();
    assert!(copied.success());
}

/// That a backup of the restored catalog has all that the first one had, and beside it only the entry
/// that tells of the restoration, which is there before anybody has opened the catalog.
fn assert_holds_and_tells(after: &[u8], before: &[u8], summary: &BackupSummary) {
    let lines = |bytes: &[u8]| -> Vec<String> {
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let says_how_far = ["\"signature\"", "audit_tree", "audit_checkpoint"];
        let is_row = |line: &&str| !says_how_far.iter().any(|word| line.contains(word));
        text.lines().filter(is_row).map(str::to_owned).collect()
    };
    let (after, before) = (lines(after), lines(before));
    let added: Vec<_> = after.iter().filter(|line| !before.contains(line)).collect();
    assert!(before.iter().all(|line| after.contains(line)));
    assert_eq!(added.len(), 1, "{added:#?}");
    assert!(added[0].contains("catalog.restored"), "{}", added[0]);
    assert!(added[0].contains(&summary.sha256.to_string()));
}

fn a_backup_moves_to_either_database(place: &Place) {
    fill(place);
    let bytes = backup(&place.vault);
    let folder = tempfile::tempdir().unwrap();
    let database = Postgres::start();

    let (on_file, on_postgres) = (folder.path().join("file"), folder.path().join("postgres"));
    let embedded = Settings::embedded(&on_file, Vault::default_unlock(&on_file));
    for settings in [embedded, settings_on(&on_postgres, &database)] {
        move_house(&place.home, &settings.home);
        let summary = Vault::restore_catalog(&settings, &mut bytes.as_slice(), NOW).unwrap();
        assert!(summary.rows > 5, "{summary:?}");
        let restored = Vault::open_with(&settings).unwrap();
        assert_holds_and_tells(&backup(&restored), &bytes, &summary);
        assert_eq!(restored.check_catalog(NOW, &|_| {}).unwrap(), []);
        let page = restored.recordings(TenantId::SINGLE, None, 10).unwrap();
        let published = page
            .recordings
            .iter()
            .find(|row| row.state == RecordingState::Published)
            .unwrap();
        let output = restored
            .output(published.id, ArtefactKind::TranscriptTxt)
            .unwrap();
        assert_eq!(
            restored.read_all(&output, 100, Purpose::Get, NOW).unwrap(),
            b"contents"
        );

        let again = Vault::restore_catalog(&settings, &mut bytes.as_slice(), NOW);
        let refused = catalog_error(again);
        assert!(matches!(refused, CatalogError::NotEmpty), "{refused:?}");
    }
}

fn a_backup_that_was_changed_restores_nothing(place: &Place) {
    fill(place);
    let bytes = backup(&place.vault);
    let text = String::from_utf8(bytes.clone()).unwrap();
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let (last, before) = lines.split_last().unwrap();
    let mut swapped = before.to_vec();
    swapped.swap(1, 2);
    let changed = [
        // One word, the same length.
        text.replacen("rendering", "published", 1),
        before.concat(),
        [&before[..before.len() - 1], &[last]].concat().concat(),
        [&swapped[..], &[last]].concat().concat(),
        format!("{text}{}", before[1]),
        format!("{}{}", before[1], text),
        text.replacen("\"recording\"", "\"sqlite_master\"", 1),
        text.replacen("\"id\"", "\"id) VALUES (1); --\"", 1),
        text.replacen("\"sha256\"", "\"sha512\"", 1),
        String::new(),
        "Dear diary".to_owned(),
    ];
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    move_house(&place.home, &home);
    let settings = Settings::embedded(&home, Vault::default_unlock(&home));
    for (number, text) in changed.iter().enumerate() {
        let refused = catalog_error(Vault::restore_catalog(&settings, &mut text.as_bytes(), NOW));
        let is_known = matches!(
            refused,
            CatalogError::NotABackup { .. } | CatalogError::BackupChanged
        );
        assert!(is_known, "{number}: {refused:?}");
        let mut left = fs::read_dir(&home)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.contains("catalog"));
        assert_eq!(left.next(), None, "{number}");
    }
    // Without its last line end it is still whole.
    for length in (0..bytes.len() - 1).step_by(bytes.len() / 50) {
        let cut = Vault::restore_catalog(&settings, &mut &bytes[..length], NOW);
        assert!(cut.is_err(), "{length} bytes");
    }

    let stranger = Place::new();
    let elsewhere = folder.path().join("elsewhere");
    move_house(&stranger.home, &elsewhere);
    let settings = Settings::embedded(&elsewhere, Vault::default_unlock(&elsewhere));
    let refused = catalog_error(Vault::restore_catalog(
        &settings,
        &mut bytes.as_slice(),
        NOW,
    ));
    assert!(
        matches!(refused, CatalogError::BackupChanged),
        "{refused:?}"
    );
}

/// Writes all but what comes last.
struct FullBefore(&'static str);

impl std::io::Write for FullBefore {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        match String::from_utf8_lossy(bytes).contains(self.0) {
            true => Err(std::io::ErrorKind::StorageFull.into()),
            false => Ok(bytes.len()),
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Else a backup could be had that the audit log does not know of.
fn the_line_that_makes_a_backup_whole_comes_after_its_entry(place: &Place) {
    fill(place);
    let refused = place
        .vault
        .back_up_catalog(&mut FullBefore("signature"), NOW)
        .unwrap_err();
    assert!(matches!(
        refused,
        VaultError::Catalog(CatalogError::BackupFile { .. })
    ));
    let records = place.vault.audit_records(None, None, 1).unwrap();
    assert!(format!("{:?}", records[0]).contains("catalog.backup"));
}

fn a_backup_holds_every_table(place: &Place) {
    let tables = match &place.database {
        Some(_) => "SELECT CAST(tablename AS TEXT) FROM pg_tables WHERE schemaname = 'public'",
        None => "SELECT name FROM sqlite_master WHERE type = 'table'",
    };
    let mut there = place.sql(&[tables]).unwrap();
    there.retain(|name| name != "_sqlx_migrations" && !name.starts_with("sqlite_"));
    there.sort();
    let mut backed_up = Vault::tables_in_a_backup();
    backed_up.sort_unstable();
    assert_eq!(there, backed_up);
}

fn a_check_finds_what_is_missing(place: &Place) {
    let claim = place.render("webinar");
    let ids: Vec<_> = [
        ArtefactKind::Recording,
        ArtefactKind::TranscriptTxt,
        ArtefactKind::TranscriptVtt,
        ArtefactKind::ReportJson,
    ]
    .map(|kind| seal(&place.vault, &claim, kind, b"contents").id)
    .to_vec();
    assert_eq!(place.vault.check_catalog(NOW, &|_| {}).unwrap(), []);

    let object = |index: usize| {
        let folder = place
            .home
            .join("objects")
            .join(TenantId::SINGLE.to_string());
        folder
            .join(claim.recording().to_string())
            .join(ids[index].to_string())
    };
    fs::remove_file(object(0)).unwrap();
    fs::write(object(1), b"short").unwrap();
    let recording = claim.recording();
    place
        .sql(&[
            &format!(
                "UPDATE artefact SET key_version = 7 WHERE id = '{}'",
                ids[2]
            ),
            &format!(
                "UPDATE artefact SET commitment = 'x' WHERE id = '{}'",
                ids[3]
            ),
            &format!("UPDATE recording SET state = 'published' WHERE id = '{recording}'"),
        ])
        .unwrap();
    let mut looked_at = Vec::new();
    let seen = std::cell::RefCell::new(&mut looked_at);
    let found = place
        .vault
        .check_catalog(NOW, &|done| seen.borrow_mut().push(done))
        .unwrap();
    assert_eq!(looked_at, [1, 2, 3]);
    assert_eq!(found.len(), 5, "{found:?}");
    let has = |wanted: &dyn Fn(&CatalogFinding) -> bool| found.iter().any(wanted);
    assert!(has(
        &|finding| matches!(finding, CatalogFinding::MissingObject { artefact, .. } if *artefact == ids[0])
    ));
    assert!(has(
        &|finding| matches!(finding, CatalogFinding::WrongLength { artefact, found: 5, .. } if *artefact == ids[1])
    ));
    assert!(has(
        &|finding| matches!(finding, CatalogFinding::LostKey { artefact, .. } if *artefact == ids[2])
    ));
    assert!(has(&|finding| matches!(
        finding,
        CatalogFinding::Unreadable {
            table: "artefact",
            column: "commitment"
        }
    )));
    assert!(has(&|finding| matches!(
        finding,
        CatalogFinding::Unproven { .. }
    )));
}

/// The rows that a Scrim of the first layout wrote.
const FIRST_LAYOUT_ROWS: [&str; 3] = [
    "INSERT INTO recording (id, tenant, created_at, updated_at, state, job_key, source_sha256,
     policy_sha256, policy_name, duration_ns, generation)
     VALUES ('rec_00000000000070008000000000000001', 'ten_00000000000000000000000000000000', 1, 2,
     'published', '1111111111111111111111111111111111111111111111111111111111111111',
     '2222222222222222222222222222222222222222222222222222222222222222',
     '3333333333333333333333333333333333333333333333333333333333333333', 'stage only', 60, 2)",
    "INSERT INTO artefact (id, recording, kind, object_key, format, plaintext_bytes,
     ciphertext_bytes, segments, ciphertext_sha256, commitment, wrapped_key, key_version,
     created_at, state)
     VALUES ('art_00000000000070008000000000000001', 'rec_00000000000070008000000000000001',
     'proof', 'ten_00000000000000000000000000000000/rec_00000000000070008000000000000001/art_00000000000070008000000000000001',
     'tink', 1, 57, 1, '4444444444444444444444444444444444444444444444444444444444444444',
     '5555555555555555555555555555555555555555555555555555555555555555', BYTES, 1, 1, 'complete')",
    "INSERT INTO stage_result (recording, stage, part, key, artefact, finished_at)
     VALUES ('rec_00000000000070008000000000000001', 'render', 0,
     '6666666666666666666666666666666666666666666666666666666666666666',
     'art_00000000000070008000000000000001', 3)",
];

fn a_catalog_of_the_first_layout_is_brought_up_to_date(place: &Place) {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    move_house(&place.home, &home);
    let database = place.database.as_ref().map(|_| Postgres::start());
    let (catalog, url) = match &database {
        Some(database) => {
            let url = DatabaseUrl::new(database.url()).unwrap();
            (CatalogPlace::Postgres(url), database.url())
        }
        None => {
            let path = home.join("catalog.db");
            let url = format!("sqlite://{}?mode=rw", path.display());
            (CatalogPlace::File(path), url)
        }
    };
    let settings = Settings {
        catalog,
        ..Settings::embedded(&home, Vault::default_unlock(&home))
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let catalog = scrim_storage::Catalog::connect_to_layout(&settings.catalog, 1)
            .await
            .unwrap();
        catalog.close().await;
    });
    let bytes = if database.is_some() {
        "'\\x01'"
    } else {
        "x'01'"
    };
    let rows = FIRST_LAYOUT_ROWS.map(|row| row.replace("BYTES", bytes));
    run_sql(&url, &rows.each_ref().map(String::as_str)).unwrap();

    let vault = Vault::open_with(&settings).unwrap();
    let id = "rec_00000000000070008000000000000001".parse().unwrap();
    let row = vault.recording(id).unwrap().unwrap();
    assert_eq!(row.policy_name.as_deref(), Some("stage only"));
    assert_eq!((row.generation, row.original), (2, None));
    let artefacts = vault.artefacts(id).unwrap();
    assert_eq!(artefacts.len(), 1);
    assert_eq!(artefacts[0].subject, None);
    let parts = vault.finished_parts(id, "render").unwrap();
    assert_eq!(parts[0].artefact, Some(artefacts[0].id));
}

#[test]
fn a_database_that_dies_is_said_to_be_away_and_loses_nothing() {
    let mut place = Place::on_postgres();
    let claim = place.render("webinar");
    let outputs = place.outputs(&claim);
    place.database.as_mut().unwrap().kill();
    let refused = place.vault.publish(&claim, &outputs, NOW).unwrap_err();
    assert_eq!(refused.kind(), Kind::Unavailable, "{refused:?}");
    assert!(matches!(refused, VaultError::Catalog(_)));

    place.database.as_mut().unwrap().start_again();
    assert_eq!(place.state(&claim), RecordingState::Rendering);
    place.vault.publish(&claim, &outputs, NOW).unwrap();
    assert_eq!(place.state(&claim), RecordingState::Published);
    let artefacts = place.vault.artefacts(claim.recording()).unwrap();
    assert_eq!(artefacts.len(), outputs.len());
}
