-- Plays a person in Neovim who has a model asked: types a key, looks at what would be sent, says no or yes, reads the cost.
local stage = dofile((debug.getinfo(1, 'S').source:sub(2):gsub('[^/]+$', 'neovim_stage.lua')))
local input, told, wait_for, said = stage.input, stage.told, stage.wait_for, stage.said

-- Types into whatever asks next.
local function type_ahead(text)
  vim.api.nvim_feedkeys(vim.api.nvim_replace_termcodes(text .. '<CR>', true, false, true), 'nt', false)
end

-- Neovim's own list of buttons is there; which number is typed, `input.answers` says by the beginning of the question.
local function answer_questions()
  local select = vim.ui.select
  vim.ui.select = function(items, opts, on_choice)
    local seen = stage.buffer_text()
    table.insert(told.asked, { question = opts.prompt, behind = seen })
    for beginning, answers in pairs(input.answers) do
      if vim.startswith(opts.prompt, beginning) then
        local wanted = table.remove(answers, 1)
        for number, item in ipairs(items) do
          if item.title == wanted then
            type_ahead(tostring(number))
          end
        end
      end
    end
    return select(items, opts, on_choice)
  end
end

local function type_the_key()
  local answer = require('greenline').handlers['greenline/modelKey']
  told.before_it_is_typed = answer()
  type_ahead(input.key)
  vim.cmd('Greenline model_key')
  type_ahead('')
  vim.cmd('Greenline model_key')
  told.typed = answer().modelKey == input.key
end

local function look_at_the_request()
  local file = vim.api.nvim_get_current_buf()
  vim.cmd('Greenline model_show')
  wait_for('what would be sent', function()
    return vim.api.nvim_buf_get_name(0):find('model%-request%.md$') ~= nil
  end)
  told.request = stage.buffer_text()
  vim.api.nvim_set_current_buf(file)
end

-- Generates a test; exploring leaves something, so a model is offered, and what it needs a yes to is shown.
local function generate()
  vim.cmd('Greenline generate')
  wait_for('what exploring found', function()
    return said('passed in')
  end)
  wait_for('the questions are answered', function()
    return #told.asked == input.questions and stage.statusline():find('Allow a model') == nil
  end)
end

local function after_a_yes()
  wait_for('what the model added', function()
    return said('a model wrote test_summer_halves_prices')
  end)
  vim.cmd('Greenline model_cost')
  wait_for('the cost', function()
    return said('^Models cost today')
  end)
  told.health = stage.health()
  -- In a page of no project the folder of the workspace is meant.
  vim.cmd.buffer('model-terms.md')
  vim.cmd('Greenline model_forbid')
  wait_for('it is forbidden', function()
    return said('From now on nothing of project')
  end)
end

local function after_a_no()
  local messages = #told.messages
  vim.cmd('Greenline generate')
  wait_for('nothing more is found', function()
    return #told.messages > messages and stage.statusline():find('Generate') == nil
  end)
end

local function play()
  vim.lsp.log.set_level('TRACE')
  stage.follow_progress()
  answer_questions()
  stage.start(input.file, { model = input.model, isolation = { level = 'guard' } })
  told.completed = vim.fn.getcompletion('Greenline model_', 'cmdline')
  vim.api.nvim_win_set_cursor(0, { vim.fn.search('^def discount', 'nw'), 0 })
  type_the_key()
  look_at_the_request()
  generate()
  if input.is_allowed then
    after_a_yes()
  else
    after_a_no()
  end
  vim.cmd('Greenline model_forget_key')
  told.forgotten = require('greenline').handlers['greenline/modelKey']()
  told.step = 'done'
end

stage.run(play)
