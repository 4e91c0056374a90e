# A connector on the gem oauth2 with the hosted address written into it: walks the list of people,
# suspends the last of them and lets them back in. Nothing in it knows of the double.
require "json"
require "oauth2"

BASE = "https://api.1password.com"
USERS = "/v1/accounts/#{ENV.fetch('ROLLCALL_ACCOUNT_ID')}/users"

client = OAuth2::Client.new(
  ENV.fetch("ROLLCALL_CLIENT_ID"), ENV.fetch("ROLLCALL_CLIENT_SECRET"),
  site: BASE, token_url: "/v1/oauth/token", auth_scheme: :basic_auth
)
token = client.client_credentials.get_token
ids = []
params = { "max_page_size" => 7 }
loop do
  page = JSON.parse(token.get(USERS, params: params).body)
  ids.concat(page.fetch("results").map { |person| person.fetch("id") })
  break unless page["next_page_token"]

  params["page_token"] = page["next_page_token"]
end
abort "somebody came twice" unless ids.uniq.length == ids.length
puts "ruby: #{ids.length} people"
%w[suspend reactivate].each do |verb|
  person = JSON.parse(token.post("#{USERS}/#{ids.last}:#{verb}").body)
  puts "ruby: #{verb}, now #{person.fetch('state')}"
end
