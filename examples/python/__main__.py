"""The annotation service, and a program of one's own beside it in the same network."""

import pulumi
import pulumi_annofarm as annofarm

config = pulumi.Config()

network = annofarm.Network("lab")
jobs = annofarm.JobStore("lab", key_prefix="lab", inputs_expire_after_days=30)

archive = annofarm.ArchivePipeline(
    "lab-archive",
    jobs=jobs.reference,
    network=network.reference,
    retention_seconds=1800,
)

annotator = annofarm.AnnotatorFarm(
    "lab-annotator",
    jobs=jobs.reference,
    network=network.reference,
    min_size=1,
    max_size=config.get_int("annotatorsMax") or 6,
    scaling=annofarm.AnnotatorScalingArgs(by="backlog", acceptable_wait_seconds=600, job_takes_seconds=120),
)

web = annofarm.WebFarm(
    "lab-web",
    jobs=jobs.reference,
    network=network.reference,
    archive=archive.reference,
    retention_seconds=1800,
    identity=annofarm.IdentityArgs(
        issuer="https://auth.globus.org",
        client_id="01234567-89ab-cdef-0123-456789abcdef",
    ),
    payments=annofarm.PaymentsArgs(publishable_key="pk_test_lab", price_id="price_lab"),
)

# A farm of an own program: app/status.mjs says how the service is to be reached.
status = annofarm.AppFarm(
    "lab-status",
    network=network.reference,
    app=annofarm.AppArgs(
        name="status",
        code="app/status.mjs",
        environment={"SERVICE_URL": web.url, "TABLE": jobs.reference.annotations_table},
        permissions=[
            annofarm.PermissionArgs(
                id="Describe",
                actions=["dynamodb:DescribeTable"],
                resources=[jobs.reference.annotations_table_arn],
            )
        ],
    ),
    min_size=1,
    max_size=3,
)

pulumi.export("url", web.url)
pulumi.export("status", status.url)
pulumi.export("annotators", annotator.group_name)
