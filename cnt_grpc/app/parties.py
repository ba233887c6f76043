"""The outside parties and adapters that the settings choose."""

from datetime import timedelta

from cnt_grpc import admin, auth, live, media, notification, payment
from cnt_grpc.media.local import LocalStorage
from cnt_grpc.media.purposes import Limits
from cnt_grpc.media.storage import Storage
from cnt_grpc.settings import Settings


def storage(settings: Settings) -> Storage:
    """Where files are kept."""
    if not settings.s3_bucket_name:
        return LocalStorage(settings.media_dir)
    from cnt_grpc.media.s3 import S3Access, S3Storage  # noqa: PLC0415  (boto3 takes half a second)

    return S3Storage(
        S3Access(
            bucket=settings.s3_bucket_name,
            region=settings.aws_region,
            endpoint=settings.s3_endpoint_url,
            key_id=settings.aws_access_key_id,
            secret=settings.aws_secret_access_key.get_secret_value(),
        )
    )


def media_url(settings: Settings) -> str:
    """Where public files are found: at the CDN, in the bucket, or here."""
    if settings.cloudfront_url or not settings.s3_bucket_name:
        return settings.cloudfront_url or f"{settings.public_url}/media"
    if settings.s3_endpoint_url:
        return f"{settings.s3_endpoint_url}/{settings.s3_bucket_name}"
    return f"https://{settings.s3_bucket_name}.s3.{settings.aws_region}.amazonaws.com"


def limits(settings: Settings) -> Limits:
    """How large uploads may be."""
    mb = 1000 * 1000
    return Limits(
        bytes_of={
            media.Kind.AUDIO: settings.media_max_audio_mb * mb,
            media.Kind.VIDEO: settings.media_max_video_mb * mb,
            media.Kind.IMAGE: settings.media_max_image_mb * mb,
            media.Kind.DOCUMENT: settings.media_max_document_mb * mb,
        },
        pixels=settings.media_max_image_megapixels * 1_000_000,
        quota=settings.media_quota_gb * 1000 * mb,
    )


def tokens(settings: Settings) -> auth.Tokens:
    """What makes and checks access tokens."""
    return auth.Tokens(
        access_lifetime=timedelta(minutes=settings.access_token_expire_minutes),
        refresh_lifetime=timedelta(days=settings.refresh_token_expire_days),
        rotates=settings.refresh_token_rotation,
    )


def google(settings: Settings) -> auth.GoogleApi:
    """Google's sign-in."""
    return auth.GoogleApi(
        settings.google_client_id,
        settings.google_client_secret.get_secret_value(),
        auth.Addresses(
            accounts=settings.google_accounts_url, oauth=settings.google_oauth_url, api=settings.google_api_url
        ),
    )


def drive(settings: Settings) -> admin.DriveApi:
    """Google Drive, whose files administrators import."""
    return admin.DriveApi(
        settings.google_client_id,
        settings.google_client_secret.get_secret_value(),
        settings.google_accounts_url,
        settings.google_oauth_url,
        settings.google_api_url,
    )


def mailer(settings: Settings) -> notification.Mailer:
    """How mails go out."""
    match settings.mail_backend:
        case "smtp":
            return notification.SmtpMailer.of(settings.smtp_url.get_secret_value(), settings.mail_from)
        case "resend":
            key = settings.resend_api_key.get_secret_value()
            return notification.ResendMailer(settings.resend_api_url, key, settings.mail_from)
        case "ses":
            return notification.SesMailer(
                settings.aws_region,
                settings.mail_from,
                settings.ses_endpoint_url,
                settings.aws_access_key_id,
                settings.aws_secret_access_key.get_secret_value(),
            )
        case "folder":
            return notification.MailFolder(settings.mail_dir, settings.mail_from or "cnt@localhost")


def pusher(settings: Settings) -> notification.Fcm | None:
    """Push messages, where they are configured."""
    if settings.fcm_credentials_file is None:
        return None
    return notification.Fcm(notification.ServiceAccount.read(settings.fcm_credentials_file), settings.fcm_api_url)


def paypal(settings: Settings) -> payment.PayPal:
    """PayPal; it refuses by itself while it is not configured."""
    return payment.PayPal(
        client_id=settings.paypal_client_id,
        client_secret=settings.paypal_client_secret.get_secret_value(),
        webhook_id=settings.paypal_webhook_id,
        url=settings.paypal_api_url,
        frontend_url=settings.frontend_url,
    )


def stripe(settings: Settings) -> payment.Stripe:
    """Stripe; it refuses by itself while it is not configured."""
    return payment.Stripe(
        secret_key=settings.stripe_secret_key.get_secret_value(),
        publishable_key=settings.stripe_publishable_key,
        webhook_secret=settings.stripe_webhook_secret.get_secret_value(),
        url=settings.stripe_api_url,
        frontend_url=settings.frontend_url,
    )


def studio(settings: Settings) -> live.Studio | None:
    """LiveKit, where it is configured."""
    if not settings.livekit_ws_url:
        return None
    url = settings.livekit_http_url or "http" + settings.livekit_ws_url.removeprefix("ws")
    key, secret = settings.livekit_api_key, settings.livekit_api_secret.get_secret_value()
    return live.Studio(live.LiveKit(url, key, secret), live.Minter(key, secret))


def talkers(settings: Settings) -> live.Talkers:
    """Who thinks, hears and speaks for the voice agent without a room, as far as they are configured."""
    openai, deepgram = settings.openai_api_key.get_secret_value(), settings.deepgram_api_key.get_secret_value()
    return live.Talkers(
        live.OpenAI(openai, settings.openai_base_url) if openai else None,
        live.Deepgram(deepgram, settings.deepgram_base_url) if deepgram else None,
    )


def recorder(settings: Settings) -> live.Recorder:
    """Where LiveKit puts recordings: into our S3, or nowhere."""
    if not settings.s3_bucket_name:
        return live.Recorder(None)
    bucket = live.Bucket(
        name=settings.s3_bucket_name,
        region=settings.aws_region,
        endpoint=settings.s3_endpoint_url,
        key_id=settings.aws_access_key_id,
        secret=settings.aws_secret_access_key.get_secret_value(),
    )
    return live.Recorder(bucket)
