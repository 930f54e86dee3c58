//! How long things are kept, and what is on hold.

use axum::{
    extract::{Path, State},
    response::Response,
};
use scrim_policy::{
    Days, HoldId, Permission as May, RecordingId, RetentionClass, RetentionRule, Tag,
};

use super::{
    super::{
        api,
        app::{App, now},
        identity::Caller,
        problem::Problem,
        view::{HoldLine, Place, RetentionPage, RuleLine},
    },
    form::Form,
    frame::{self, Reader},
    recordings,
};

pub(crate) async fn show(State(app): State<App>, reader: Reader) -> Result<Response, Problem> {
    let caller = reader.signed_in()?;
    let tenant = caller.tenant();
    let late_after = app.home.config()?.retention.late_after();
    let (rules, holds, lateness) = app
        .act(&caller, move |vault| {
            let rules = vault.retention_rules(tenant)?;
            let mut holds = Vec::new();
            for row in vault
                .holds(tenant)?
                .into_iter()
                .filter(|row| row.released_at.is_none())
            {
                let words = vault.hold_words(&row)?;
                holds.push(HoldLine {
                    id: row.id.to_string(),
                    recording: row.recording.map(|id| id.to_string()),
                    reason: words.placed.reason.reveal().clone(),
                    approver: words.placed.approver.reveal().clone(),
                    placed_us: row.placed_at.as_micros(),
                });
            }
            Ok((
                rules,
                holds,
                vault.sweep_lateness(tenant, late_after, now())?,
            ))
        })
        .await?;
    let set = |class: RetentionClass| {
        rules
            .rules()
            .iter()
            .any(|rule| rule.class == class && rule.tag.is_none())
    };
    let mut lines: Vec<RuleLine> = RetentionClass::ALL
        .into_iter()
        .filter(|class| !set(*class))
        .map(|class| RuleLine {
            class: class.to_string(),
            tag: None,
            days: class.default_period().count(),
            is_default: true,
        })
        .collect();
    lines.extend(rules.rules().iter().map(|rule| RuleLine {
        class: rule.class.to_string(),
        tag: rule.tag.as_ref().map(ToString::to_string),
        days: rule.period.count(),
        is_default: false,
    }));
    Ok(reader.draw(&RetentionPage {
        frame: reader.frame(Some(Place::Retention)),
        rules: lines,
        holds,
        swept_us: lateness.last.map(|at| at.as_micros()),
        is_late: lateness.is_late,
        may_manage: reader.may(May::RetentionManage),
    }))
}

/// Reads class and tag of a rule.
fn rule_of(form: &Form) -> Result<(RetentionClass, Option<Tag>), Problem> {
    let class = form.text("class");
    let class = class
        .parse()
        .map_err(|_| Problem::invalid("class", "there is no such class"))?;
    let tag = match form.given("tag") {
        None => None,
        Some(tag) => Some(
            tag.parse()
                .map_err(|_| Problem::invalid("tag", "this is no tag"))?,
        ),
    };
    Ok((class, tag))
}

pub(crate) async fn set_rule(
    State(app): State<App>,
    caller: Caller,
    form: Form,
) -> Result<Response, Problem> {
    let (class, tag) = rule_of(&form)?;
    let period = Days::new(form.number("days")?)
        .map_err(|_| Problem::invalid("days", "this is no number of days"))?;
    let rule = RetentionRule { class, tag, period };
    let tenant = caller.tenant();
    app.act(&caller, move |vault| {
        Ok(vault.set_retention_rule(tenant, &rule, now())?)
    })
    .await?;
    Ok(frame::done("/dpo/retention", "flash-rule-saved"))
}

pub(crate) async fn remove_rule(
    State(app): State<App>,
    caller: Caller,
    form: Form,
) -> Result<Response, Problem> {
    let (class, tag) = rule_of(&form)?;
    let tenant = caller.tenant();
    app.act(&caller, move |vault| {
        Ok(vault.clear_retention_rule(tenant, class, tag.as_ref(), now())?)
    })
    .await?;
    Ok(frame::done("/dpo/retention", "flash-rule-saved"))
}

pub(crate) async fn place_hold(
    State(app): State<App>,
    caller: Caller,
    form: Form,
) -> Result<Response, Problem> {
    let words = api::hold_words(form.text("reason"), form.text("approver"))?;
    let recording: Option<RecordingId> = match form.given("recording") {
        None => None,
        Some(text) => Some(recordings::id(text)?),
    };
    let asking = caller.clone();
    app.act(&caller, move |vault| {
        // Before the audit log says that it was placed.
        if let Some(recording) = recording {
            api::owned(vault, &asking, recording)?;
        }
        Ok(vault.place_hold(asking.tenant(), recording, &words, now())?)
    })
    .await?;
    Ok(frame::done("/dpo/retention", "flash-hold-placed"))
}

pub(crate) async fn release_hold(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Problem> {
    let id: HoldId = api::parsed_id(&id, "hold")?;
    let words = api::hold_words(form.text("reason"), form.text("approver"))?;
    let tenant = caller.tenant();
    app.act(&caller, move |vault| {
        if vault.hold_row(id)?.tenant != tenant {
            return Err(Problem::not_found("hold"));
        }
        Ok(vault.release_hold(id, &words, now())?)
    })
    .await?;
    Ok(frame::done("/dpo/retention", "flash-hold-released"))
}
