//! With the servers of a real house: PostgreSQL for the catalog, OpenBao for the keys.

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    path::Path,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use scrim_storage::{
    ArtefactKind, ArtefactRow, CatalogPlace, DatabaseUrl, KmsKind, Settings, Sha256Digest, Token,
    TransitAddress, TransitSettings, Vault,
};
use scrim_testkit::{Canaries, Home, OpenBao, Postgres, committed_sample, program, tink};

use crate::answer::{Answer, process, recording_of};

const SEGMENT: u32 = 1 << 20;

struct House {
    home: Home,
    bao: OpenBao,
    database: Postgres,
}

impl House {
    fn new() -> Self {
        let house = Self {
            home: Home::new(),
            bao: OpenBao::new(),
            database: Postgres::start(),
        };
        let token = house.home.path().join("token");
        fs::write(&token, house.bao.root_token()).unwrap();
        fs::set_permissions(&token, Permissions::from_mode(0o600)).unwrap();
        let text = format!(
            "[keys]\nkms = \"transit\"\naddress = \"{}\"\ntoken_file = \"{}\"\nca_file = \"{}\"\n\
             [catalog]\nurl_env = \"SCRIM_TEST_DATABASE\"\n",
            house.bao.address(),
            token.display(),
            house.bao.ca_file().display(),
        );
        fs::create_dir_all(house.home.state()).unwrap();
        fs::write(house.home.state().join("config.toml"), text).unwrap();
        house
    }

    fn run(&self, words: &[&str]) -> Answer {
        let mut command = self.home.scrim();
        command.args(words);
        Answer::of(command.env("SCRIM_TEST_DATABASE", self.database.url()))
    }

    /// The same vault as that of the program.
    fn vault(&self) -> Vault {
        let home = self.home.state();
        let address = TransitAddress::new(&self.bao.address()).unwrap();
        let token = Token::new(self.bao.root_token().to_owned());
        let settings = Settings {
            catalog: CatalogPlace::Postgres(DatabaseUrl::new(self.database.url()).unwrap()),
            kms: KmsKind::Transit,
            transit: Some(TransitSettings {
                ca_file: Some(self.bao.ca_file()),
                ..TransitSettings::new(address, token)
            }),
            ..Settings::embedded(&home, Vault::default_unlock(&home))
        };
        Vault::open_with(&settings).unwrap()
    }

    /// What the command line of OpenBao is asked, from ids alone.
    fn unwrap(row: &ArtefactRow) -> [String; 5] {
        let key = row.object_key;
        let context = format!(
            "scrim/dek/v1|{}|{}|{}|-|{}",
            key.tenant, key.recording, row.id, row.format
        );
        let wrapped = String::from_utf8(row.wrapped_key.bytes.clone()).unwrap();
        [
            "write".to_owned(),
            "-field=plaintext".to_owned(),
            format!("transit/decrypt/scrim-{}", key.tenant),
            format!("ciphertext={wrapped}"),
            format!("context={}", STANDARD.encode(context)),
        ]
    }

    fn tink_job(&self, row: &ArtefactRow, folder: &Path) -> tink::Job {
        let key = row.object_key;
        let words = Self::unwrap(row);
        let shown = self.bao.run(&words.each_ref().map(String::as_str));
        let data_key = STANDARD.decode(shown.trim()).unwrap();
        tink::Job {
            r#do: "open",
            key: data_key.iter().map(|byte| format!("{byte:02x}")).collect(),
            associated_data: format!(
                "scrim/seal/v1|{}|{}|{}|{}|{}",
                key.tenant, key.recording, row.id, row.kind, row.format
            ),
            segment_bytes: SEGMENT,
            input: self.home.state().join("objects").join(key.to_string()),
            output: folder.join(row.id.to_string()),
        }
    }
}

#[test]
fn bao_and_tink_open_every_artefact_until_it_is_erased_and_a_dump_names_nobody() {
    let house = House::new();
    let media = committed_sample().media;
    let mut command = process(&house.home, &media, "webinar-initials");
    command
        .args(["--language", "en", "--model", "tiny.en"])
        .env("SCRIM_MODELS", program::models(&["tiny.en", "silero-vad"]))
        .env("SCRIM_TEST_DATABASE", house.database.url());
    let recording = recording_of(&Answer::of(&mut command).expect(0));
    let roster = fs::read_to_string(committed_sample().roster).unwrap();
    let canaries = Canaries::new(&roster, &[]);
    let search_dump = || {
        let dump = house.database.dump();
        canaries.assert_absent_in_bytes("the dump of the database", dump.as_bytes());
        dump
    };
    assert!(search_dump().contains(&recording));

    // What is kept was made by the program alone, and is opened by programs of others alone.
    let rows = house.vault().artefacts(recording.parse().unwrap()).unwrap();
    let kinds = rows.iter().map(|row| row.kind).collect::<Vec<_>>();
    assert_eq!(rows.len(), 9, "{kinds:?}");
    let folder = tempfile::tempdir().unwrap();
    let jobs: Vec<_> = rows
        .iter()
        .map(|row| house.tink_job(row, folder.path()))
        .collect();
    for ((row, job), outcome) in rows.iter().zip(&jobs).zip(tink::run(&jobs)) {
        assert!(outcome.ok, "{}: {:?}", row.kind, outcome.error);
        let plaintext = fs::read(&job.output).unwrap();
        match row.sealed.plaintext_sha256 {
            Some(sha256) => assert_eq!(Sha256Digest::of(&plaintext), sha256, "{}", row.kind),
            None => assert_eq!(row.kind, ArtefactKind::Attendance),
        }
    }

    house
        .run(&["erase", "recording", &recording, "--yes"])
        .expect(0);
    for row in &rows {
        let words = House::unwrap(row);
        house.bao.run_refused(&words.each_ref().map(String::as_str));
    }
    search_dump();
    canaries.assert_absent_in(&house.home.state());
    house
        .run(&["audit", "verify"])
        .expect(0)
        .expect_printed("the log is as it was written");
}
