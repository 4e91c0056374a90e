#!/usr/bin/env ruby
# frozen_string_literal: true

# A right client of the Users API, to copy from: Ruby's standard library alone (3.1 or newer).
#
# users.rb list | users.rb suspend EMAIL | users.rb reactivate EMAIL
require 'json'
require 'net/http'
require 'openssl'

BASE = URI("#{ENV.fetch('ROLLCALL_URL', 'https://api.1password.com')}/v1beta1")
USERS = "#{BASE.path}/accounts/#{ENV.fetch('ROLLCALL_ACCOUNT_ID')}/users"
STATE_AFTER = { 'suspend' => 'SUSPENDED', 'reactivate' => 'ACTIVE' }.freeze
PAGE_SIZE = 20 # a page may hold up to 1000
TRIES = 5
TIMEOUT_SECONDS = 10
NO_ANSWER = [IOError, SystemCallError, SocketError, Timeout::Error, OpenSSL::SSL::SSLError,
             Net::HTTPBadResponse, JSON::ParserError].freeze

# The answer is no, and the same again would be no again.
class Refused < StandardError
  attr_reader :status

  def initialize(words, status = nil)
    super(words)
    @status = status
  end
end

# An act was sent, and nobody said what became of it.
class Unclear < StandardError; end

# One request on a connection of its own: its status, its body if it is well, its Retry-After.
def once(request)
  request['User-Agent'] = 'ExampleCompany/1.0'
  proxy = BASE.find_proxy # by https_proxy; Net::HTTP itself reads http_proxy alone
  http = Net::HTTP.new(BASE.host, BASE.port, proxy&.host, proxy&.port)
  http.use_ssl = BASE.scheme == 'https'
  http.max_retries = 0 # it would repeat by itself
  http.open_timeout = http.read_timeout = TIMEOUT_SECONDS
  answer = http.start { http.request(request) }
  well = answer.is_a?(Net::HTTPSuccess)
  [answer.code.to_i, well ? JSON.parse(answer.body) : answer.body, answer['Retry-After']]
rescue *NO_ANSWER => e
  [nil, e.message, nil]
end

# Sends; waits and sends again where that is right. An act is only repeated after a 429.
def patiently(request, is_act: false)
  TRIES.times do |attempt|
    status, body, told = once(request)
    return body if status&.between?(200, 299)
    raise Refused.new("#{status}: #{body}", status) if status && status != 429 && status < 500

    sleep(told&.match?(/\A\d+\z/) ? told.to_i : 2**attempt)
    raise Unclear, body if is_act && status != 429
  end
  raise Refused, "not answered well in #{TRIES} tries"
end

def take_token
  request = Net::HTTP::Post.new("#{BASE.path}/users/oauth2/token")
  request.basic_auth(ENV.fetch('ROLLCALL_CLIENT_ID'), ENV.fetch('ROLLCALL_CLIENT_SECRET'))
  request.set_form_data(grant_type: 'client_credentials', scope: 'openid')
  taken = patiently(request)
  @ends_at = Process.clock_gettime(Process::CLOCK_MONOTONIC) + taken['expires_in'].to_i
  @token = taken['access_token']
end

def call(kind, target, is_act: false)
  take_token if @token.nil? || Process.clock_gettime(Process::CLOCK_MONOTONIC) >= @ends_at
  renewed = false
  begin
    request = kind.new(target)
    request['Authorization'] = "Bearer #{@token}"
    patiently(request, is_act: is_act)
  rescue Refused => e
    raise if e.status != 401 || renewed

    renewed = true # the old one has ended: once, and no oftener
    take_token
    retry
  end
end

def people
  found = []
  query = { max_page_size: PAGE_SIZE }
  loop do
    page = call(Net::HTTP::Get, "#{USERS}?#{URI.encode_www_form(query)}")
    found.concat(page['results']) # may be empty with more to come
    query[:page_token] = page['next_page_token']
    return found if query[:page_token].to_s.empty?
  end
end

def act(verb, email)
  user = people.find { |one| one['email'] == email }
  raise Refused, "nobody has the address #{email}" unless user

  TRIES.times do
    return call(Net::HTTP::Post, "#{USERS}/#{user['id']}:#{verb}", is_act: true)
  rescue Unclear
    user = call(Net::HTTP::Get, "#{USERS}/#{user['id']}") # look before it is sent again: it may be done
    return user if user['state'] == STATE_AFTER[verb]
  end
  raise Refused, "nobody said what became of #{verb} in #{TRIES} tries"
end

verb, email = ARGV.empty? ? ENV.values_at('ROLLCALL_EXAM_TASK', 'ROLLCALL_EXAM_USER_EMAIL') : ARGV
abort 'use: users.rb list | suspend EMAIL | reactivate EMAIL' unless verb == 'list' || (STATE_AFTER[verb] && email)
begin
  shown = verb == 'list' ? people : [act(verb, email)]
  shown.each { |user| puts user.values_at('state', 'email', 'display_name').join("\t") }
rescue Refused => e
  abort "refused: #{e.message}"
end
