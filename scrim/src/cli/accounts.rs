//! Options of `scrim accounts`.

use clap::{Args, Subcommand};
use scrim_policy::{AccountRole, Permission};

#[derive(Debug, Subcommand)]
pub(crate) enum AccountsCommand {
    /// Add an account and print where its owner chooses a password
    Add(AddAccountArgs),
    /// List accounts
    Ls,
    /// Print where a new password is chosen, within three days and once
    Invite {
        /// E-mail address of the account
        email: String,
    },
    /// Set the roles of an account
    Roles {
        /// E-mail address of the account
        email: String,
        /// A role, given once for each
        #[arg(long = "role", value_name = "ROLE", required = true)]
        roles: Vec<AccountRole>,
    },
    /// Let nobody sign in to an account any more
    Disable {
        /// E-mail address of the account
        email: String,
    },
    /// Let an account be signed in to again
    Enable {
        /// E-mail address of the account
        email: String,
    },
    /// Make a token for a program and print it, once
    Token(TokenArgs),
}

#[derive(Debug, Args)]
pub(crate) struct AddAccountArgs {
    /// E-mail address
    pub(crate) email: String,
    /// Name
    #[arg(long)]
    pub(crate) name: String,
    /// A role, given once for each: organiser, editor, attendee, dpo, auditor, operator, administrator
    #[arg(long = "role", value_name = "ROLE", required = true)]
    pub(crate) roles: Vec<AccountRole>,
    /// Language of its pages and messages: en, pl, de, fr or it
    #[arg(long, default_value = "en")]
    pub(crate) language: String,
}

#[derive(Debug, Args)]
pub(crate) struct TokenArgs {
    /// E-mail address of the account
    pub(crate) email: String,
    /// What the token is called
    #[arg(long, default_value = "command line")]
    pub(crate) name: String,
    /// What it may do, given once for each [default: all that the account may]
    #[arg(long = "scope", value_name = "PERMISSION")]
    pub(crate) scopes: Vec<Permission>,
    /// For how many days
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=366))]
    pub(crate) days: u32,
}
