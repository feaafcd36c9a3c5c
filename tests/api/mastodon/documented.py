"""The entities of API 4.5: every field, its type, and where it may be missing or null.

`name:type`, a text where no type is named; `?` says that it may be missing, `~` that it may be null,
`[…]` a list. Source: https://docs.joinmastodon.org/entities/, the page of each name.
"""

from typing import Final

ENTITIES: Final = {
    "Account": """
        id:id username acct url:url display_name note avatar:url avatar_static:url header:url
        header_static:url locked:flag fields:[Field] emojis:[CustomEmoji] bot:flag group:flag
        discoverable~:flag indexable:flag noindex?~:flag moved?~:Account suspended?:flag limited?:flag
        created_at:time last_status_at~:day statuses_count:number followers_count:number
        following_count:number hide_collections~:flag roles?:[Role] memorial?:flag uri:url
    """,
    "CredentialAccount": "*Account source:Source role:Role",
    "MutedAccount": "*Account mute_expires_at~:time",
    "Source": """
        note fields:[Field] privacy sensitive:flag language follow_requests_count:number
        hide_collections~:flag discoverable~:flag indexable:flag attribution_domains:[text] quote_policy
    """,
    "Field": "name value verified_at~:time",
    "Role": "id:text name permissions color highlighted:flag",
    "CustomEmoji": "shortcode url:url static_url:url visible_in_picker:flag category~",
    "Status": """
        id:id uri:url created_at:time account:Account content visibility sensitive:flag spoiler_text
        media_attachments:[MediaAttachment] application?~:StatusApplication mentions:[Mention]
        tags:[StatusTag] emojis:[CustomEmoji] reblogs_count:number favourites_count:number
        replies_count:number quotes_count:number url~:url in_reply_to_id~:id in_reply_to_account_id~:id
        reblog~:Status poll~:Poll card~:PreviewCard language~ edited_at~:time quote~:AnyQuote
        quote_approval:QuoteApproval
    """,
    "OwnStatus": """
        *Status favourited:flag reblogged:flag muted:flag bookmarked:flag pinned?:flag
        filtered:[FilterResult]
    """,
    "DeletedStatus": "*Status text~",
    "StatusApplication": "name website~:url",
    "Mention": "id:id username url:url acct",
    "StatusTag": "name url:url",
    "AnyQuote": "state quoted_status?~:Status quoted_status_id?~:id",
    "QuoteApproval": "automatic:[text] manual:[text] current_user",
    "StatusEdit": """
        content spoiler_text sensitive:flag created_at:time account:Account
        media_attachments:[MediaAttachment] emojis:[CustomEmoji] poll?~:EditedPoll quote?~:AnyQuote
    """,
    "EditedPoll": "options:[EditedOption]",
    "EditedOption": "title",
    "StatusSource": "id:id text spoiler_text",
    "Context": "ancestors:[OwnStatus] descendants:[OwnStatus]",
    "ScheduledStatus": """
        id:id scheduled_at:time params:ScheduledParams media_attachments:[MediaAttachment]
    """,
    "ScheduledParams": """
        text poll~:ScheduledPoll media_ids~:[id] sensitive~:flag spoiler_text~ visibility
        in_reply_to_id~:id language~ application_id~:any scheduled_at~:any idempotency~
        with_rate_limit:flag quoted_status_id~:id quote_approval_policy~
    """,
    "ScheduledPoll": "options:[text] expires_in:any multiple?~:flag hide_totals?~:flag",
    "Poll": """
        id:id expires_at~:time expired:flag multiple:flag votes_count:number voters_count~:number
        options:[PollOption] emojis:[CustomEmoji]
    """,
    "OwnPoll": "*Poll voted:flag own_votes:[number]",
    "PollOption": "title votes_count~:number",
    "MediaAttachment": """
        id:id type url~:url preview_url~:url remote_url~:url meta:Meta description~ blurhash~
        preview_remote_url?~:url text_url?~:url
    """,
    "Meta": "original?:MetaSize small?:MetaSize focus?:Focus colors?:any",
    "MetaSize": """
        width?:number height?:number size? aspect?:real frame_rate?~ duration?:real bitrate?~:number
    """,
    "Focus": "x:real y:real",
    "PreviewCard": """
        url:url title description type authors:[PreviewCardAuthor] author_name author_url
        provider_name provider_url html width:number height:number image~:url image_description
        embed_url blurhash~ language~ published_at~:time
    """,
    "PreviewCardAuthor": "name url account~:Account",
    "Relationship": """
        id:id following:flag showing_reblogs:flag notifying:flag languages~:[text] followed_by:flag
        blocking:flag blocked_by:flag muting:flag muting_notifications:flag requested:flag
        requested_by:flag domain_blocking:flag endorsed:flag note
    """,
    "FamiliarFollowers": "id:id accounts:[Account]",
    "Suggestion": "source sources:[text] account:Account",
    "Notification": """
        id:id type created_at:time group_key account:Account status?~:OwnStatus report?:Report
        event?:any moderation_warning?:any
    """,
    "GroupedNotifications": """
        accounts:[Account] partial_accounts?:[PartialAccount] statuses:[OwnStatus]
        notification_groups:[NotificationGroup]
    """,
    "PartialAccount": "id:id acct url:url avatar:url avatar_static:url locked:flag bot:flag",
    "NotificationGroup": """
        group_key notifications_count:number type most_recent_notification_id:number page_min_id?:id
        page_max_id?:id latest_page_notification_at?:time sample_account_ids:[id] status_id?~:id
        report?:Report event?:any moderation_warning?:any
    """,
    "NotificationPolicy": """
        for_not_following for_not_followers for_new_accounts for_private_mentions for_limited_accounts
        summary:PolicySummary
    """,
    "PolicySummary": "pending_requests_count:number pending_notifications_count:number",
    "NotificationRequest": """
        id:id created_at:time updated_at:time account:Account notifications_count last_status?~:OwnStatus
    """,
    "UnreadCount": "count:number",
    "Report": """
        id:id action_taken:flag action_taken_at~:time category comment forwarded:flag created_at:time
        status_ids~:[id] rule_ids~:[id] target_account:Account
    """,
    "Conversation": "id:id unread:flag accounts:[Account] last_status~:OwnStatus",
    "List": "id:id title replies_policy exclusive:flag",
    "Marker": "last_read_id:id version:number updated_at:time",
    "Markers": "home?:Marker notifications?:Marker",
    "Preferences": """
        posting:default:visibility|text posting:default:sensitive|flag posting:default:language~|text
        posting:default:quote_policy|text reading:expand:media|text reading:expand:spoilers|flag
    """,
    "Tag": "id:text name url:url history:[any] following:flag featuring:flag",
    "FeaturedTag": "id:id name url:url statuses_count last_status_at~:day",
    "Filter": """
        id:id title context:[text] expires_at~:time filter_action keywords:[FilterKeyword]
        statuses:[FilterStatus]
    """,
    "FilterKeyword": "id:id keyword whole_word:flag",
    "FilterStatus": "id:id status_id:id",
    "FilterResult": "filter:BareFilter keyword_matches~:[text] status_matches~:[id]",
    "BareFilter": "id:id title context:[text] expires_at~:time filter_action",
    "V1Filter": "id:id phrase context:[text] whole_word:flag expires_at~:time irreversible:flag",
    "Search": "accounts:[Account] statuses:[OwnStatus] hashtags:[Tag]",
    "Application": """
        id:id name website~:url scopes:[text] redirect_uris:[text] redirect_uri vapid_key
    """,
    "CredentialApplication": "*Application client_id client_secret client_secret_expires_at:number",
    "WebPushSubscription": "id:number endpoint:url standard:flag server_key alerts:any policy",
    "Announcement": """
        id:id content starts_at~:time ends_at~:time published:flag all_day:flag published_at:time
        updated_at:time read:flag mentions:[Mention] statuses:[any] tags:[StatusTag]
        emojis:[CustomEmoji] reactions:[Reaction]
    """,
    "Reaction": "name count:number me:flag url?:url static_url?:url",
    "ExtendedDescription": "updated_at:time content",
    "DomainBlock": "domain digest severity comment~",
    "Rule": "id:text text hint translations:any",
    "Instance": """
        domain title version source_url:url description usage:Usage thumbnail:Thumbnail icon:[Icon]
        languages:[text] configuration:Configuration registrations:Registrations
        api_versions:ApiVersions contact:Contact rules:[Rule]
    """,
    "Usage": "users:UsageUsers",
    "UsageUsers": "active_month:number",
    "Thumbnail": "url:url blurhash?~ versions?:any",
    "Icon": "src:url size",
    "ApiVersions": "mastodon:number",
    "Contact": "email account~:Account",
    "Registrations": """
        enabled:flag approval_required:flag reason_required~:flag message~ min_age~:number url~:url
    """,
    "Configuration": """
        urls:Urls vapid:Vapid accounts:AccountLimits statuses:StatusLimits
        media_attachments:MediaLimits polls:PollLimits translation:Translating
        timelines_access:TimelinesAccess limited_federation:flag
    """,
    "Urls": "streaming about~:url privacy_policy~:url terms_of_service~:url status~",
    "Vapid": "public_key",
    "AccountLimits": "max_featured_tags:number max_pinned_statuses:number",
    "StatusLimits": """
        max_characters:number max_media_attachments:number characters_reserved_per_url:number
    """,
    "MediaLimits": """
        supported_mime_types:[text] description_limit:number image_size_limit:number
        image_matrix_limit:number video_size_limit:number video_frame_rate_limit:number
        video_matrix_limit:number
    """,
    "PollLimits": """
        max_options:number max_characters_per_option:number min_expiration:number max_expiration:number
    """,
    "Translating": "enabled:flag",
    "TimelinesAccess": "live_feeds:Feeds hashtag_feeds:Feeds trending_link_feeds:Feeds",
    "Feeds": "local remote",
    "V1Instance": """
        uri title short_description description email version urls:V1Urls stats:Stats thumbnail~:url
        languages:[text] registrations:flag approval_required:flag invites_enabled:flag
        configuration:V1Configuration contact_account~:Account rules:[Rule]
    """,
    "V1Urls": "streaming_api",
    "Stats": "user_count:number status_count:number domain_count:number",
    "V1Configuration": """
        accounts:AccountLimits statuses:StatusLimits media_attachments:MediaLimits polls:PollLimits
    """,
}
