//! Routes and who may use them.
//!
//! > **No route without an answer to who may use it.** There is one way to add a route, and it wants an
//! > [`Access`]. What was added is listed, and a test holds the list.

use std::collections::BTreeMap;

use axum::{Router, middleware::from_fn_with_state, routing::MethodRouter};
use scrim_policy::{AccountRole, Permission};
use utoipa::openapi::{
    InfoBuilder, OpenApi, OpenApiBuilder,
    path::{Operation, Parameter, ParameterBuilder, ParameterIn, PathItem, Paths},
    schema::{ObjectBuilder, Type},
    security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
};
use utoipa_axum::router::UtoipaMethodRouter;

use super::{answers, app::App, gate};

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Everybody: signing in, health, the style sheet.
    Everybody,
    /// Whoever has the secret that the path names.
    Secret,
    /// Accounts that may do this.
    May(Permission),
}

impl Access {
    /// Says who that is, in words.
    fn who(self) -> String {
        match self {
            Self::Everybody => "everybody".to_owned(),
            Self::Secret => "whoever has the secret in the path".to_owned(),
            Self::May(permission) => {
                let roles = AccountRole::ALL.iter();
                let may = roles.filter(|role| role.permissions().has(permission));
                let words: Vec<_> = may.map(|role| role.as_str()).collect();
                format!("{permission}: {}", words.join(", "))
            }
        }
    }
}

/// A route as it is listed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Listed {
    pub(crate) path: String,
    pub(crate) method: &'static str,
    pub(crate) who: String,
}

/// All routes, on their way into a router.
pub(crate) struct Routes {
    app: App,
    router: Router<App>,
    paths: Paths,
    schemas: Vec<(String, utoipa::openapi::RefOr<utoipa::openapi::Schema>)>,
    listed: Vec<Listed>,
}

impl Routes {
    pub(crate) fn new(app: App) -> Self {
        Self {
            app,
            router: Router::new(),
            paths: Paths::new(),
            schemas: Vec::new(),
            listed: Vec::new(),
        }
    }

    /// Adds an operation of the API.
    #[must_use]
    pub(crate) fn api(mut self, access: Access, operation: UtoipaMethodRouter<App>) -> Self {
        let (schemas, mut paths, router) = operation;
        self.schemas.extend(schemas);
        for (path, item) in &mut paths.paths {
            let operations = [
                ("GET", &mut item.get),
                ("PUT", &mut item.put),
                ("POST", &mut item.post),
                ("DELETE", &mut item.delete),
                ("OPTIONS", &mut item.options),
                ("HEAD", &mut item.head),
                ("PATCH", &mut item.patch),
            ];
            for (method, operation) in operations {
                let Some(operation) = operation else { continue };
                if matches!(access, Access::May(_)) {
                    let scheme = SecurityRequirement::new("token", Vec::<String>::new());
                    operation.security = Some(vec![scheme]);
                    if method == "POST" && !path.ends_with("/uploads") {
                        operation
                            .parameters
                            .get_or_insert_default()
                            .push(key().into());
                    }
                }
                answers::add(access, method, operation);
                self.listed.push(Listed {
                    path: path.clone(),
                    method,
                    who: access.who(),
                });
            }
            let guarded = router
                .clone()
                .layer(from_fn_with_state((self.app.clone(), access), gate::admit));
            self.router = self.router.route(path, guarded);
        }
        self.paths.merge(paths);
        self
    }

    /// Adds a page, or what a page loads.
    #[must_use]
    pub(crate) fn page(
        mut self,
        access: Access,
        methods: &[&'static str],
        path: &str,
        router: MethodRouter<App>,
    ) -> Self {
        for method in methods {
            self.listed.push(Listed {
                path: path.to_owned(),
                method,
                who: access.who(),
            });
        }
        let guarded = router.layer(from_fn_with_state((self.app.clone(), access), gate::admit));
        self.router = self.router.route(path, guarded);
        self
    }

    /// Returns the router and the description of the API.
    pub(crate) fn finish(self) -> (Router<App>, OpenApi, Vec<Listed>) {
        let mut openapi = OpenApiBuilder::new()
            .info(
                InfoBuilder::new()
                    .title("Scrim")
                    .version("1")
                    .description(Some(
                        "Publish recordings of webinars without exposing who attended. Every request \
                         carries a token of an account, and sees what that account may see.",
                    ))
                    .build(),
            )
            .paths(self.paths)
            .build();
        // Modules call their handlers alike; the description of an API may not.
        let mut shared = BTreeMap::new();
        for item in openapi.paths.paths.values_mut() {
            for operation in operations_of(item) {
                let tag = operation.tags.iter().flatten().next();
                if let (Some(tag), Some(id)) = (tag, &operation.operation_id) {
                    operation.operation_id = Some(format!("{tag}_{id}"));
                }
                answers::share(operation, &mut shared);
            }
        }
        let components = openapi.components.get_or_insert_default();
        components.schemas.extend(self.schemas);
        components.responses.extend(shared);
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("A token, made under /account/tokens"))
            .build();
        components.add_security_scheme("token", SecurityScheme::Http(bearer));
        let mut listed = self.listed;
        listed.sort();
        (self.router, openapi, listed)
    }
}

/// The key that makes it safe to send a request again.
fn key() -> Parameter {
    let text = ObjectBuilder::new()
        .schema_type(Type::String)
        .min_length(Some(1))
        .max_length(Some(255));
    ParameterBuilder::new()
        .name(super::again::KEY_NAME)
        .parameter_in(ParameterIn::Header)
        .description(Some(
            "What you call this request. Sent again within a day, it gets the answer that it had, with \
             `Idempotent-Replayed: true`, and nothing is done twice.",
        ))
        .schema(Some(text.build()))
        .build()
}

fn operations_of(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [
        &mut item.get,
        &mut item.head,
        &mut item.post,
        &mut item.put,
        &mut item.patch,
        &mut item.delete,
        &mut item.options,
    ]
    .into_iter()
    .flatten()
}
