"""Runs `moto_server`, changed in the places below. "Upstream" tells what moto's or botocore's own threads say of each, as of November
2026; where no thread was found, what moto does. A change that upstream has made is to be removed here.

Web pages get no answer. The server believes whoever calls it, and a page of anybody's in the user's browser reaches it: what only
a browser sends (an origin, a site that fetches), and a name that is not this machine's (DNS rebinding), is refused, and so is
moto's own door (`/moto-api/reset`) for everybody. The gateway, which knows its callers, takes the browser's headers off.
Upstream: no thread found; moto answers every caller, and allows every origin.

Processes of the user `ANNOFARM_REFUSED_UID` get no answer either: code that the runner confines would be the administrator here.
Upstream: nothing to report; the need is ours.

What never changes is read once for the process. botocore lists the folders of AWS's services, some 420, for each service's first call:
most of the time of a stack's first calls; and it reads the model of EC2, 4 MB of JSON, anew for each session that moto opens. moto lists
its own folders, some 170, twice for each request, and the methods of the class that answers once: more than a third of the processor time
of a request.
Upstream: boto/botocore#3687 (open) leaves the list of folders out; no thread found on the others.

Requests of DynamoDB are served one at a time. moto serves each request in a thread of its own and reads an item, checks the
condition and writes the item in three steps: of two conditional writes at once both could pass, which DynamoDB rules out and the
services rely on; and a scan fails when an item is put meanwhile.
Upstream: no thread found on conditional writes; getmoto/moto#372 (closed) was of threads in general. Its tables have no lock.

What only reads is tried again where moto fails at it: lists of other services (objects, archives, all that is tagged) break off as a scan
does when something is added meanwhile.
Upstream: getmoto/moto#372 (closed); moto iterates over dictionaries that other threads change.

A bucket's objects are listed as they are at one moment. moto lists the keys of one moment and looks each up when its turn comes: of one
that has gone by then there is nothing, and listing versions, which copies all of them first, fails again and again while objects go.
Upstream: no thread found; the copy of the keys is `_VersionedKeyStore._self_iterable`.

Bucket policies are kept and not judged: moto would judge them for everybody and without their conditions, so that "deny what is
not TLS" would deny all. The gateway judges them, which knows callers and conditions.
Upstream: no thread found; `FakeBucket.get_permission` is given action and resource only.

Whether a bucket's policy lets S3 write records of requests is seen past statements about everybody, at which moto fails.
Upstream: no thread found; the check came with getmoto/moto#6715 and takes every `Principal` for a structure, also `"*"`.

A part of an upload that has ended, or never was, is refused, and so is completing it (NoSuchUpload); moto fails at both. Giving it up and
listing it are refused by moto itself.
Upstream: no thread found; `S3Backend.upload_part` looks the upload up as if it were there.

An archived object is read as it lies by the runner, which saves what is there: a restore for that would be seen by the services, as a
restore of theirs (`x-annofarm-reads-archive`; the gateway passes that header of nobody on). Nor does such a reading end a restore that is
under way, as any other look at the object does in moto: the services would be told of a copy that is not there yet.
Upstream: nothing to report; that looks advance a restore is how getmoto/moto#5201 wanted it.

Archives of a vault have ids of their own, and their tree hash. moto makes the id of the content's MD5: two equal archives would be one, and
deleting one would lose the other. And it calls the SHA-256 of the whole the tree hash, which it is up to 1 MiB only.
Upstream: no thread found; both are so since getmoto/moto#359 brought Glacier.

A group can launch from every version of its launch template. moto keeps the user data of the first version as it expects to
find it, that of all later ones as plain text, and fails in an assertion when a group launches from one of those.
Upstream: no thread found; the assertion is in `LaunchTemplateVersion.user_data`.

The scheduled actions of a group go with it; moto keeps them. So do its instances, protected ones too, which moto leaves running. So do the
volumes that an instance was launched with, and its first network interface, with the instance.
Upstream: no thread found on groups. Volumes (getmoto/moto#2999) and interfaces (getmoto/moto#7954) go where the launch asked for it; on
AWS they go where it asked for nothing, too.

A second group, balancer or mail identity of one name is refused, and so is the end of a security group that another's rule names or that
an interface has. moto puts the second group and identity in the place of the first, has two balancers of one name, and takes the security
group away. It keeps the interface of a NAT gateway that is gone; a subnet that is gone had none left.
Upstream: no thread found. moto compares balancers by their ARNs, which have random digits.

A key of KMS has the id that its tag `annofarm:key-id` names: programs name a customer's key, which is there before them.
Upstream: nothing to report; AWS chooses the ids of keys itself, and so does moto.

An instance type is launched only in zones that offer it, by moto's own list of offerings: RunInstances refuses it elsewhere, and a group
launches where it may, or is refused when none of its zones offers the type. A type that the list does not have is launched everywhere.
Upstream: no thread found; moto compares the type with its list at most for the whole region.

The account's default key of EBS can be read, and encrypts what names no key; moto only lets it be set.
Upstream: no thread found on GetEbsDefaultKmsKeyId; setting it came with getmoto/moto#8154.

A group that is updated keeps its mixed instances policy where the update says nothing of it; moto takes it away.
Upstream: no thread found; the policy can be updated since moto has it in UpdateAutoScalingGroup.

A message of a group is taken by a topic that is not FIFO, and handed to its queues: moto refuses it. And a queue is fair: while a group has
30 messages or more in flight that are a tenth of all or more, those of other groups are received first.
Upstream: no thread found; SNS takes a group for a standard topic since there are fair queues.

The list of mail identities is asked for by newer releases of the SDK under a path that moto's botocore does not know yet.
Upstream: no thread found; getmoto/moto#8591 brought the list under the path of its time.

The tagging API tells of mail identities by the ARN that AWS gives them, `identity/`; moto says `email-identity/`. And it tells of
nothing that has no tags.
Upstream: no thread found; the ARN came with getmoto/moto#9526.

The account has the regions of AWS's usual partition only. moto counts China's and GovCloud's among them, and fails when it is asked there
for what is tagged. Nor is a caller looked for in the other partitions: moto would read AWS's 1,449 policies for each of them.
Upstream: no thread found.
"""
import json
import os
import sys
from collections import Counter
from functools import cache
from importlib import import_module
from io import BytesIO
from secrets import token_bytes
from threading import Lock, local
from types import SimpleNamespace
from urllib.parse import urlencode

import moto.backends
import moto.core.responses
import moto.iam.models
from botocore.loaders import JSONFileLoader, Loader
from botocore.utils import calculate_tree_hash
from moto.core.types import Base64EncodedString
from moto.moto_server.werkzeug_app import DomainDispatcherApplication
from moto.server import main
from moto.utilities.utils import md5_hash

list_services = Loader.list_available_services
known = {}


def list_available_services(loader, type_name):
    key = (type_name, *loader.search_paths)
    if key not in known:
        known[key] = list_services(loader, type_name)
    return known[key]


load_file = JSONFileLoader.load_file
files = {}


def load_file_once(loader, file_path):
    if file_path not in files:
        files[file_path] = load_file(loader, file_path)
    return files[file_path]


reading = local()


def status_without_readings(told):
    """The property `told`, of which a runner that reads an archive makes no state."""

    def status(key):
        return key._status if getattr(reading, "archive", False) else told.fget(key)

    return property(status, told.fset)


one_at_a_time = Lock()
READ_TRIES = 5
answer = DomainDispatcherApplication.__call__


def refusal(environ):
    host = environ.get("HTTP_HOST", "").rsplit(":", 1)[0].lower()
    if host not in ("localhost", "127.0.0.1", "[::1]"):
        return "421 Misdirected Request"
    site = environ.get("HTTP_SEC_FETCH_SITE", "none")
    if "HTTP_ORIGIN" in environ or site != "none" or environ.get("PATH_INFO", "").lstrip("/").startswith("moto-api"):
        return "403 Forbidden"
    return None


REFUSED_UID = os.environ.get("ANNOFARM_REFUSED_UID")


def uid_of_caller(port):
    """Owner of the socket at the other end of a connection within this machine; None: it has gone already."""
    wanted = f":{port:04X}"
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with open(table) as rows:
            for row in rows:
                fields = row.split()
                if fields[1].endswith(wanted) and fields[2].endswith(f":{SERVER_PORT:04X}"):
                    return fields[7]
    return None


SERVER_PORT = int(sys.argv[sys.argv.index("-p") + 1]) if "-p" in sys.argv else 0


def guarded(application, environ, start_response):
    refused = refusal(environ)
    if refused is None and REFUSED_UID is not None:
        # One that has gone has nobody to be answered; of whom it was is not known.
        if uid_of_caller(int(environ.get("REMOTE_PORT", "0"))) in (REFUSED_UID, None):
            refused = "403 Forbidden"
    if refused is None:
        if environ.get("REQUEST_METHOD") == "POST" and environ.get("PATH_INFO") == "/v2/email/list-identities":
            ask_as_before(environ)
        reading.archive = "HTTP_X_ANNOFARM_READS_ARCHIVE" in environ
        return consistent(application, environ, start_response)
    start_response(refused, [("Content-Type", "text/plain")])
    return [b"The emulator answers programs of this machine only.\n"]


def consistent(application, environ, start_response):
    if environ.get("HTTP_X_AMZ_TARGET", "").startswith("DynamoDB_"):
        with one_at_a_time:
            return answer(application, environ, start_response)
    if environ["REQUEST_METHOD"] in ("GET", "HEAD"):
        return read(application, environ, start_response)
    return answer(application, environ, start_response)


def read(application, environ, start_response):
    for _ in range(READ_TRIES):
        begun = []
        body = answer(application, environ, lambda *head: begun.append(head))
        if not begun[0][0].startswith("500"):
            break
    start_response(*begun[0])
    return body


def ask_as_before(environ):
    """Makes of the list of mail identities by POST the one by GET."""
    length = int(environ.get("CONTENT_LENGTH") or 0)
    asked = json.loads(environ["wsgi.input"].read(length) or "{}")
    query = {name: asked[name] for name in ("NextToken", "PageSize") if asked.get(name) is not None}
    path = "/v2/email/identities"
    environ.update(
        {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": path,
            "RAW_URI": f"{path}?{urlencode(query)}",
            "QUERY_STRING": urlencode(query),
            "CONTENT_LENGTH": "0",
            "wsgi.input": BytesIO(),
        }
    )


DomainDispatcherApplication.__call__ = guarded
Loader.list_available_services = list_available_services
JSONFileLoader.load_file = load_file_once
moto.iam.models.PARTITION_NAMES = ["aws"]
folders_of_moto = frozenset(moto.backends.list_of_moto_modules())
moto.backends.list_of_moto_modules = lambda: folders_of_moto
moto.core.responses.method_names_from_class = cache(moto.core.responses.method_names_from_class)

import_backend = moto.backends._import_backend


def user_data(version):
    found = version.data.get("UserData")
    return Base64EncodedString(found) if isinstance(found, str) else found


def no_opinion(*_):
    from moto.iam.access_control import PermissionResult

    return PermissionResult.NEUTRAL


def lets_records_in(target_bucket, target_prefix):
    policy = json.loads(target_bucket.policy or "{}")
    named = [each for each in policy.get("Statement", []) if isinstance(each.get("Principal"), dict)]
    seen = SimpleNamespace(
        name=target_bucket.name, partition=target_bucket.partition, policy=json.dumps({**policy, "Statement": named}).encode()
    )
    return target_bucket.judge_records(seen, target_prefix)


def key_for_reader(response, validate_storage_class=True):
    as_it_lies = response.headers.get("X-Annofarm-Reads-Archive") is not None
    return response.get_restored_key(validate_storage_class and not as_it_lies)


def in_upload(mended):
    """The backend's operation `mended` on an upload that is there."""

    def operation(backend, bucket_name, multipart_id, *rest, **more):
        if multipart_id not in backend.get_bucket(bucket_name).multiparts:
            raise sys.modules["moto.s3.exceptions"].NoSuchUpload(upload_id=multipart_id)
        return getattr(backend, mended)(bucket_name, multipart_id, *rest, **more)

    return operation


def id_of_archive(_content):
    return md5_hash(token_bytes())


def create_archive(vault, body, description):
    archive = vault.create_hashed_archive(body, description)
    archive["sha256"] = calculate_tree_hash(BytesIO(body))
    return archive


def create_key(backend, policy, key_usage, key_spec, description, tags, *rest, **more):
    key = backend.create_key_of_any_id(policy, key_usage, key_spec, description, None, *rest, **more)
    wanted = next((tag["TagValue"] for tag in tags or [] if tag["TagKey"] == "annofarm:key-id"), None)
    if wanted is not None:
        del backend.keys[key.id]
        key.arn = key.arn.replace(key.id, wanted)
        key.id = wanted
        backend.keys[key.id] = key
    if tags:
        backend.tag_resource(key.id, tags)
    return key


def launch_volume(instance, size, device_path, snapshot_id, encrypted, delete_on_termination, *rest, **more):
    instance.launch_volume_kept(size, device_path, snapshot_id, encrypted, True, *rest, **more)


def terminate(instance):
    for index, interface in instance.nics.items():
        if int(index) == 0:
            interface.delete_on_termination = True
    return instance.terminate_only()


def delete_group(backend, group_name):
    group = backend.autoscaling_groups.get(group_name)
    members = [] if group is None else [state.instance for state in group.instance_states]
    backend.delete_group_alone(group_name)
    left = [instance.id for instance in members if instance.state not in ("terminated", "shutting-down")]
    if left:
        backend.ec2_backend.terminate_instances(left)
    actions = backend.scheduled_actions
    for name in [name for name, action in actions.items() if action.auto_scaling_group_name == group_name]:
        del actions[name]


def refuse_if(is_there, service, code, message):
    """Ends the call as AWS does. moto finds the service of an error, and how that writes it, by the error's module."""
    if is_there:
        error = sys.modules["moto.core.exceptions"].ServiceException
        raise type(code, (error,), {"code": code, "message": message, "__module__": f"moto.{service}.exceptions"})()


@cache
def zones_offering(region):
    """Zones by instance type."""
    places = {}
    offerings = sys.modules["moto.ec2.models.instance_types"].INSTANCE_TYPE_OFFERINGS["availability-zone"]
    for offering in offerings.get(region, []):
        places.setdefault(offering["InstanceType"], []).append(offering["Location"])
    return places


def not_offered(region, instance_type, zone):
    """Why EC2 does not launch the type there; None: it does."""
    zones = zones_offering(region).get(instance_type)
    if zones is None or zone is None or zone in zones:
        return None
    return (
        f"Your requested instance type ({instance_type}) is not supported in your requested Availability Zone ({zone}). "
        f"Please retry your request by not specifying an Availability Zone or choosing {', '.join(sorted(zones))}."
    )


def run_instances(backend, image_id, count, user_data, security_group_names, **more):
    subnets = [more.get("subnet_id")] + [each.get("SubnetId") for each in more.get("nics") or []]
    subnet = next((each for each in subnets if each), None)
    zone = backend.get_subnet(subnet).availability_zone if subnet else more.get("placement")
    # A group has found a zone for one of its types already; moto launches the template's whatever the group may choose from.
    by_group = "aws:autoscaling:groupName" in (more.get("tags") or {}).get("instance", {})
    if not more.get("is_instance_type_default") and not by_group:
        why = not_offered(backend.region_name, more.get("instance_type"), zone)
        refuse_if(why, "ec2", "Unsupported", why)
    return backend.run_instances_anywhere(image_id, count, user_data, security_group_names, **more)


def zones_of(group):
    """The zone of each subnet, or those of the group by name."""
    subnets = group.vpc_zone_identifier.split(",") if group.vpc_zone_identifier else []
    found = [(group.autoscaling_backend.ec2_backend.get_subnet(each).availability_zone, each) for each in subnets]
    return found or [(zone, None) for zone in group.availability_zones]


def types_of(group):
    """What a policy lets it choose from, else the template's."""
    overrides = ((group.mixed_instances_policy or {}).get("LaunchTemplate") or {}).get("Overrides") or []
    return [each["InstanceType"] for each in overrides if each.get("InstanceType")] or [group.instance_type]


def lacking(group, zone):
    """Why the group launches nothing in the zone; None: one of its types is offered there."""
    whys = [not_offered(group.autoscaling_backend.region_name, each, zone) for each in types_of(group)]
    return whys[0] if all(whys) else None


def check_zones(group):
    """Auto Scaling tries out its launch template, and refuses one that it can launch nowhere."""
    whys = [lacking(group, zone) for zone, _ in zones_of(group)]
    message = f"You must use a valid fully-formed launch template. {whys[0]}"
    refuse_if(all(whys), "autoscaling", "ValidationError", message)


def launch_in_zones(group, count_needed, propagated_tags):
    """
    Each instance goes to the zone of the group that has the fewest, of those that offer its type. moto puts all of them into the first
    subnet.
    """
    check_zones(group)
    zones, subnets = group.availability_zones, group.vpc_zone_identifier
    places = [each for each in zones_of(group) if not lacking(group, each[0])]
    try:
        for _ in range(count_needed):
            there = [state.instance._placement.zone for state in group.instance_states]
            zone, subnet = min(places, key=lambda place: there.count(place[0]))
            group.availability_zones, group.vpc_zone_identifier = [zone], subnet
            group.launch_together(1, propagated_tags)
    finally:
        group.availability_zones, group.vpc_zone_identifier = zones, subnets


def create_group(backend, name, *rest, **more):
    message = f"AutoScalingGroup by this name already exists - A group with the name {name} already exists"
    refuse_if(name in backend.autoscaling_groups, "autoscaling", "AlreadyExists", message)
    group = backend.create_group_of_any_name(name, *rest, **more)
    try:
        check_zones(group)
    except BaseException:
        del backend.autoscaling_groups[name]
        raise
    return group


ebs_default = "alias/aws/ebs"


def default_ebs_key(response):
    """ARN of the key that the account has chosen, or the alias of AWS's own."""
    from moto.core.responses import ActionResult
    from moto.kms import kms_backends

    backend = response.ec2_backend
    kms = kms_backends[backend.account_id][backend.region_name]
    chosen = backend.default_kms_key_id
    own = kms.describe_key(ebs_default).arn if chosen and kms.alias_exists(ebs_default) else None
    return ActionResult({"KmsKeyId": ebs_default if chosen in ("", own) else chosen})



sending = local()


def publish(backend, *rest, group_id=None, deduplication_id=None, **more):
    topic = backend.topics.get(more.get("arn"))
    sending.group = None if topic is None or topic.fifo_topic or deduplication_id else group_id
    try:
        handed = None if sending.group else group_id
        return backend.publish_to_fifo(*rest, group_id=handed, deduplication_id=deduplication_id, **more)
    finally:
        sending.group = None


def deliver(subscription, *rest, group_id=None, **more):
    return subscription.publish_ungrouped(*rest, group_id=group_id or getattr(sending, "group", None), **more)


NOISY = {"messages": 30, "share": 0.1}


def in_fair_order(as_sent):
    """The property `as_sent`, a queue's visible messages: those of groups that have much in flight come last."""

    def messages(queue):
        visible = as_sent.fget(queue)
        pending = whole_list(lambda: queue.pending_messages)
        flying = Counter(each.group_id for each in pending if each.group_id and not each.visible)
        least = max(NOISY["messages"], NOISY["share"] * sum(flying.values()))
        noisy = {group for group, count in flying.items() if count >= least}
        return visible if queue.fifo_queue or not noisy else sorted(visible, key=lambda each: each.group_id in noisy)

    return property(messages)


def create_identity(backend, email_identity, *rest, **more):
    message = f"Email identity {email_identity} already exist."
    refuse_if(email_identity in backend.core_backend.email_identities, "sesv2", "AlreadyExistsException", message)
    return backend.create_identity_again(email_identity, *rest, **more)


def create_balancer(backend, name, *rest, **more):
    if any(balancer.name == name for balancer in backend.load_balancers.values()):
        raise sys.modules["moto.elbv2.exceptions"].DuplicateLoadBalancerName()
    return backend.create_balancer_of_any_name(name, *rest, **more)


def refers_to(rule, group_id):
    return rule.source_group.get("GroupId") == group_id


def delete_security_group(backend, name=None, group_id=None):
    others = [group for groups in backend.groups.values() for group in groups.values() if group.id != group_id]
    rules = [rule for group in others for rule in [*group.ingress_rules, *group.egress_rules]]
    standing = {subnet for subnets in backend.subnets.values() for subnet in subnets}
    interfaces = [interface for interface in backend.enis.values() if interface.subnet.id in standing]
    used = any(group.id == group_id for interface in interfaces for group in interface.group_set)
    if used or group_id is not None and any(refers_to(rule, group_id) for rule in rules):
        message = f"resource {group_id} has a dependent object"
        raise sys.modules["moto.ec2.exceptions"].DependencyViolationError(message)
    return backend.delete_group_in_use(name, group_id)

def update_group(group, launch_template=None, mixed_instances_policy=None, **rest):
    kept, before = group.mixed_instances_policy, dict(vars(group))
    try:
        group.update_whole(launch_template=launch_template, mixed_instances_policy=mixed_instances_policy, **rest)
        check_zones(group)
    except BaseException:
        vars(group).update(before)
        raise
    if not (launch_template or mixed_instances_policy):
        group.mixed_instances_policy = kept


def whole_list(begin):
    """All that a list has; read from its begin again when something was added meanwhile."""
    for _ in range(READ_TRIES - 1):
        try:
            return list(begin())
        except RuntimeError:
            pass
    return list(begin())


def lists_of_one_moment(store):
    """Keys with their versions: what goes while they are listed is listed still, and nothing is looked for in vain."""
    for key, versions in dict(store).items():
        found = list(versions)
        if found:
            yield key, found


def items_of_one_moment(store):
    return ((key, versions[-1]) for key, versions in lists_of_one_moment(store))


def values_of_one_moment(store):
    return (version for _, version in items_of_one_moment(store))


def tagged(backend, *filters, **more):
    for found in whole_list(lambda: backend.tagged_by_moto(*filters, **more)):
        if found["Tags"]:
            yield {**found, "ResourceARN": found["ResourceARN"].replace(":email-identity/", ":identity/")}


def mend(kind, name, kept, mended):
    """Puts `mended` in the place of a method, which it finds under the name `kept`; once for the process."""
    if not hasattr(kind, kept):
        setattr(kind, kept, getattr(kind, name))
        setattr(kind, name, mended)


def import_mended(*names):
    """Services are imported when they are first called: importing them here would make every start a second longer."""
    backend = import_backend(*names)
    buckets = sys.modules.get("moto.s3.models")
    if buckets is not None:
        buckets.FakeBucket.get_permission = no_opinion
        for operation in ("upload_part", "complete_multipart_upload"):
            mend(buckets.S3Backend, operation, f"{operation}_there", in_upload(f"{operation}_there"))
        store = import_module("moto.s3.utils")._VersionedKeyStore
        store.lists = store.iterlists = lists_of_one_moment
        store.items = store.iteritems = items_of_one_moment
        store.values = store.itervalues = values_of_one_moment
        if not hasattr(buckets.FakeKey, "told_status"):
            buckets.FakeKey.told_status = buckets.FakeKey.status
            buckets.FakeKey.status = status_without_readings(buckets.FakeKey.told_status)
        if not hasattr(buckets.FakeBucket, "judge_records"):
            buckets.FakeBucket.judge_records = staticmethod(buckets.FakeBucket._log_permissions_enabled_policy)
            buckets.FakeBucket._log_permissions_enabled_policy = staticmethod(lets_records_in)
    requests = sys.modules.get("moto.s3.responses")
    if requests is not None:
        mend(requests.S3Response, "_get_key", "get_restored_key", key_for_reader)
    vaults = sys.modules.get("moto.glacier.models")
    if vaults is not None:
        vaults.md5_hash = id_of_archive
        mend(vaults.Vault, "create_archive", "create_hashed_archive", create_archive)
    groups = sys.modules.get("moto.autoscaling.models")
    if groups is not None:
        mend(groups.AutoScalingBackend, "delete_auto_scaling_group", "delete_group_alone", delete_group)
        mend(groups.AutoScalingBackend, "create_auto_scaling_group", "create_group_of_any_name", create_group)
        mend(groups.FakeAutoScalingGroup, "update", "update_whole", update_group)
        mend(groups.FakeAutoScalingGroup, "replace_autoscaling_group_instances", "launch_together", launch_in_zones)
    identities = sys.modules.get("moto.sesv2.models")
    if identities is not None:
        mend(identities.SESV2Backend, "create_email_identity", "create_identity_again", create_identity)
    topics = sys.modules.get("moto.sns.models")
    if topics is not None:
        mend(topics.SNSBackend, "publish", "publish_to_fifo", publish)
        mend(topics.Subscription, "publish", "publish_ungrouped", deliver)
    queues = sys.modules.get("moto.sqs.models")
    if queues is not None and not hasattr(queues.Queue, "as_sent"):
        queues.Queue.as_sent = queues.Queue.messages
        queues.Queue.messages = in_fair_order(queues.Queue.as_sent)
    balancers = sys.modules.get("moto.elbv2.models")
    if balancers is not None:
        mend(balancers.ELBv2Backend, "create_load_balancer", "create_balancer_of_any_name", create_balancer)
    walls = sys.modules.get("moto.ec2.models.security_groups")
    if walls is not None:
        mend(walls.SecurityGroupBackend, "delete_security_group", "delete_group_in_use", delete_security_group)
    tagging = sys.modules.get("moto.resourcegroupstaggingapi.models")
    if tagging is not None:
        mend(tagging.ResourceGroupsTaggingAPIBackend, "_get_resources_generator", "tagged_by_moto", tagged)
    keys = sys.modules.get("moto.kms.models")
    if keys is not None:
        mend(keys.KmsBackend, "create_key", "create_key_of_any_id", create_key)
    machines = sys.modules.get("moto.ec2.models.instances")
    if machines is not None:
        mend(machines.Instance, "add_block_device", "launch_volume_kept", launch_volume)
        mend(machines.Instance, "terminate", "terminate_only", terminate)
        mend(machines.InstanceBackend, "run_instances", "run_instances_anywhere", run_instances)
        # The answers of EC2 are read after its models, without another call of this.
        volumes = import_module("moto.ec2.responses.elastic_block_store")
        volumes.ElasticBlockStore.get_ebs_default_kms_key_id = default_ebs_key
    templates = sys.modules.get("moto.ec2.models.launch_templates")
    if templates is not None:
        templates.LaunchTemplateVersion.user_data = property(user_data)
    places = sys.modules.get("moto.ec2.models.availability_zones_and_regions")
    if places is not None:
        regions = places.RegionsAndZonesBackend.regions
        regions[:] = [region for region in regions if not region.name.startswith(("cn-", "us-gov-"))]
    return backend


moto.backends._import_backend = import_mended
if __name__ == "__main__":
    main()
