-- The key to models: typed by a person, in memory until Neovim ends, told to the server when it makes a request.

local M = {}

local key

-- Asks for the key. What is typed is not shown, and is in no history; nothing typed changes nothing.
function M.type()
  local typed, text = pcall(vim.fn.inputsecret, 'Key to models (kept until Neovim ends): ')
  text = typed and vim.trim(text) or ''
  if text ~= '' then
    key = text
    vim.notify('Greenline: the key to models is kept until Neovim ends.')
  end
end

function M.forget()
  key = nil
  vim.notify('Greenline: no key to models is kept.')
end

function M.is_kept()
  return key ~= nil
end

-- Answers `greenline/modelKey` (docs/protocol.md). At the level DEBUG the log of vim.lsp has whole answers: not this one.
function M.answer()
  local log = vim.lsp.log
  local level = log.get_level()
  log.set_level(math.max(level, vim.log.levels.INFO))
  vim.schedule(function()
    log.set_level(level)
  end)
  return { modelKey = key or vim.NIL }
end

return M
